#include <catch2/catch.hpp>

#include "capture.hpp"
#include "render/output.hpp"
#include "render/secrets.hpp"
#include "render/stream.hpp"

using namespace ctl;
using namespace ctl::render;

namespace {

/// Everything an Output can write, with `secret` in all of it.
std::string everything(const std::string& secret, Format format) {
  Capture out, err;
  {
    Output to{{.out = out.descriptor(), .err = err.descriptor(), .format = format, .verbose = true}};
    to.hide(Secret{secret});
    Report report{.kind = "k", .names = {"n" + secret}, .warnings = {secret}, .unknown = {{secret, "r " + secret}}};
    report.data.set("text", "x" + secret + "y").set(secret, 1).set("list", Value{}.push(secret)).set("count", 12345);
    report.line("line " + secret);
    report.blocks.emplace_back(Table{.head = {"H"}, .rows = {{{secret}}}});
    to.print(report);
    if (secret.size() >= 4) to.lines(to_json(Value{}.push(secret)) + "\n");
    to.print_verbatim(secret + "\n");
    to.listener().note(Listener::Level::warn, secret);
    to.listener().progress({.task = secret, .done = 1, .total = 1});
    to.error(Error{Code::failed, {.what = secret, .cause = secret + "\n" + secret, .where = secret, .hint = secret}}, 1, report);
  }
  return out.text() + err.text();
}

std::string streamed(const std::vector<std::string>& secrets, const std::vector<std::string>& chunks) {
  Capture out;
  Secrets hidden;
  for (const auto& secret : secrets) hidden.add(Secret{secret});
  Stream stream{out.descriptor(), hidden};
  for (const auto& chunk : chunks) stream.write(chunk);
  stream.end();
  return out.text();
}

}  // namespace

TEST_CASE("a secret appears in nothing that is written, whatever its characters and the format") {
  for (const auto* secret : {"s3cr3t-pass", "with \"quotes\" and \\", "p@ss:w/rd %", "two\nshort lines",
                             "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n", "ünï", "ab", "tab\there"})
    for (const auto format : {Format::table, Format::wide, Format::json, Format::yaml, Format::name}) {
      const auto text = everything(secret, format);
      INFO(text);
      CHECK(text.find(secret) == std::string::npos);
      CHECK(text.find(to_json(Value{secret})) == std::string::npos);
      CHECK(text.find("***") != std::string::npos);
    }
}

TEST_CASE("a numeric secret is masked as text, and documents stay documents") {
  Capture out;
  Output to{{.out = out.descriptor(), .format = Format::json}};
  to.hide(Secret{"5432"});
  Report report{.kind = "k"};
  report.data.set("port", 5432).set("url", "db:5432");
  to.print(report);
  CHECK(to.flush());
  const auto document = parse_json(out.text(), "j");
  CHECK(document.integer_or("port", 0) == 5432);
  CHECK(document.text_or("url", "") == "db:***");
}

TEST_CASE("a secret in a url is masked in its encoded form too") {
  Secrets hidden;
  hidden.add(Secret{"p@ss w/rd"});
  CHECK(hidden.masked("postgresql://admin:p%40ss%20w%2Frd@db/x") == "postgresql://admin:***@db/x");
}

TEST_CASE("a secret is found across the borders of writes") {
  for (std::size_t cut = 1; cut < 10; ++cut) {
    const std::string text = "-secret-pass-";
    CHECK(streamed({"secret-pass"}, {text.substr(0, cut), text.substr(cut)}) == "-***-");
  }
  CHECK(streamed({"secret-pass"}, {"s", "e", "c", "r", "e", "t", "-", "p", "a", "s", "s"}) == "***");
  CHECK(streamed({"secret-pass"}, {"secret-", "paper"}) == "secret-paper");
  CHECK(streamed({"aaab"}, {"aa", "aab"}) == "a***");
}

TEST_CASE("of two secrets that begin alike the longer one is masked whole") {
  CHECK(streamed({"secret", "secret-pass"}, {"secret", "-pass"}) == "***");
  CHECK(streamed({"secret", "secret-pass"}, {"secret", "-past"}) == "***-past");
}

TEST_CASE("a stream of records is masked as bytes are, and tells what it would mask") {
  Capture out;
  Output to{{.out = out.descriptor()}};
  CHECK_FALSE(to.hides("s3cret"));
  for (const auto* secret : {"s3cret", "4711", "ab"}) to.hide(Secret{secret});
  CHECK(to.hides("a s3cret"));
  CHECK_FALSE(to.hides("4711 abc"));  // an offset, a word
  to.lines("4711 abc s3cret\n");
  CHECK(to.flush());
  CHECK(out.text() == "4711 abc ***\n");
}

TEST_CASE("the masked end of a stream does not keep its last bytes back") { CHECK(streamed({"secret"}, {"a sec"}) == "a sec"); }
