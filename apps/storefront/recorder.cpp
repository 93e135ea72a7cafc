#include "recorder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"
#include "js.hpp"

namespace storefront {
namespace {

ctl::Value entry(const Event& event, const Receipt& receipt) {
  ctl::Value line;
  line.set("kind", table(event.kind)).set("key", key(event));
  if (event.kind != Kind::page_hit) line.set("product_id", product_id(event));
  line.set("time", iso_time(event.time));
  if (receipt.id) line.set("id", *receipt.id);
  if (receipt.partition) line.set("partition", *receipt.partition);
  if (receipt.offset) line.set("offset", *receipt.offset);
  return line;
}

}  // namespace

Recorder::Recorder(EventStore& store, const std::filesystem::path& ledger) : store_{store} {
  if (ledger.empty()) return;
  ledger_ = ::open(ledger.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (ledger_ < 0)
    throw ctl::Error{ctl::Code::usage, {.what = "cannot write the ledger " + ledger.string(), .cause = std::strerror(errno)}};
}
Recorder::~Recorder() {
  if (ledger_ >= 0) ::close(ledger_);
}

void Recorder::record(const Event& event) {
  const auto receipt = ctl::attempt([&] { return store_.write(event); });
  if (!receipt) {
    ++failed_[index(event.kind)];
    throw receipt.error();
  }
  ++written_[index(event.kind)];
  if (ledger_ < 0) return;
  const auto line = js::stringify(entry(event, *receipt)) + '\n';
  if (::write(ledger_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))  // one call a line: whole, also among threads
    throw ctl::Error{ctl::Code::failed, {.what = "the ledger takes no more", .cause = std::strerror(errno)}};
}

ctl::Value Recorder::counts() const {
  ctl::Value written, failed;
  for (const auto kind : kinds) {
    written.set(table(kind), written_[index(kind)].load());
    failed.set(table(kind), failed_[index(kind)].load());
  }
  return ctl::Value{}.set("mode", store_.mode()).set("written", written).set("failed", failed);
}

}  // namespace storefront
