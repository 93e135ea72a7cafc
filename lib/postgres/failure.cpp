#include "postgres/failure.hpp"

#include <array>
#include <utility>

#include "core/text.hpp"

namespace ctl::postgres {
namespace {

struct Meaning {
  std::string_view prefix;  ///< of the SQLSTATE
  Code code;
  std::string_view hint;
};
constexpr std::array<Meaning, 13> meanings{{
    {"28P01", Code::denied, "put the right password into ~/.pgpass (host:port:database:user:password), or into PGPASSWORD"},
    {"28", Code::denied, "check the user's name, and what pg_hba.conf allows on the server"},
    {"3D000", Code::config, "check the name of the database (psql -l lists them)"},
    {"42501", Code::denied, "grant it, or connect as a role that has it"},
    {"25006", Code::refused, "this session only reads: a dry run, a reading command, or a standby server"},
    {"08", Code::unreachable, ""},
    {"57P01", Code::unreachable, "the session was ended on the server: run the command again"},
    {"57P02", Code::unreachable, "the server has crashed and restarts: run the command again"},
    {"57P03", Code::unreachable, "the server starts up or shuts down: try again in a moment"},
    {"57P05", Code::unreachable, ""},
    {"53300", Code::unreachable, "raise max_connections, or close other sessions"},
    {"57014", Code::failed, "somebody cancelled it (pg_cancel_backend, statement_timeout)"},
    {"55P03", Code::failed, "another session holds a lock on it: select * from pg_locks where granted"},
}};

const Meaning* meaning_of(std::string_view sqlstate) {
  for (const auto& m : meanings)
    if (!sqlstate.empty() && sqlstate.substr(0, m.prefix.size()) == m.prefix) return &m;
  return nullptr;
}

/// "DETAIL:  Key (a)=(1) exists." -> the text behind the label; nullopt-like empty for lines that are about the form only.
std::string_view line_words(std::string_view line) {
  constexpr std::array<std::string_view, 7> labels{"ERROR:", "FATAL:", "PANIC:", "DETAIL:", "HINT:", "CONTEXT:", "WARNING:"};
  for (const auto label : labels)
    if (line.substr(0, label.size()) == label) return trim(line.substr(label.size()));
  return trim(line);
}

}  // namespace

std::string words_of(std::string_view message) {
  std::string words;
  bool below_excerpt = false;
  for (const auto& line : split(message, '\n')) {
    const bool excerpt = line.substr(0, 5) == "LINE " && line.find(": ") != std::string::npos;
    if (!excerpt && !(below_excerpt && line == "^") && line.substr(0, 9) != "LOCATION:") {
      if (!words.empty()) words += "; ";
      words += line_words(line);
    }
    below_excerpt = excerpt;
  }
  return words;
}

Code code_of(std::string_view sqlstate) {
  const auto* m = meaning_of(sqlstate);
  return m != nullptr ? m->code : Code::failed;
}
std::string hint_of(std::string_view sqlstate) {
  const auto* m = meaning_of(sqlstate);
  return m != nullptr ? std::string{m->hint} : "";
}

}  // namespace ctl::postgres
