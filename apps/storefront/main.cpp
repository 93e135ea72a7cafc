#include <fmt/core.h>

#include <csignal>
#include <future>
#include <memory>

#include "api.hpp"
#include "core/error.hpp"
#include "js.hpp"
#include "log.hpp"
#include "settings.hpp"
#include "store_postgres.hpp"

namespace storefront {
namespace {

std::unique_ptr<EventStore> make_store(const Settings& settings, Database& database, ctl::Listener& log) {
  if (settings.kafka.brokers.empty()) return std::make_unique<PostgresStore>(database);
  return std::make_unique<KafkaStore>(settings.kafka, log);
}

/// Until SIGTERM or SIGINT, which every thread has blocked, or until the time is over.
void wait_for_end(const sigset_t& ends, const std::optional<std::chrono::seconds>& limit) {
  const auto until = std::chrono::steady_clock::now() + limit.value_or(std::chrono::hours{24 * 365});
  for (auto left = until - std::chrono::steady_clock::now(); left.count() > 0; left = until - std::chrono::steady_clock::now()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec most{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds{left - seconds}.count()};
    if (::sigtimedwait(&ends, nullptr, &most) >= 0) return;
  }
}

void run(const Settings& settings, const sigset_t& ends) {
  Log log;
  Database database{settings.database};
  Catalog catalog{database};
  const auto store = make_store(settings, database, log);
  Recorder recorder{*store, settings.ledger};
  Api api{recorder, catalog, log};
  const int port = api.listen(settings.host, settings.port);
  log.note(ctl::Listener::Level::info, fmt::format("🚀 MyKart server running on port {}, events go to {}", port, store->mode()));

  const auto start = std::chrono::steady_clock::now();
  std::optional<Load> load;
  if (settings.load.rate > 0 || settings.load.orders > 0) {
    const Traffic traffic{.seed = settings.seed, .products = catalog.highest_product(), .broken_links = !store->keeps_rows()};
    load.emplace(settings.load, traffic, recorder, catalog, log);
  }
  wait_for_end(ends, settings.limit);

  log.note(ctl::Listener::Level::info, "🛑 Shutting down gracefully...");
  const auto stopped = std::async(std::launch::async, [&] {
    if (load) load->stop();
    api.stop();
  });
  if (stopped.wait_for(std::chrono::seconds{5}) == std::future_status::timeout) store->give_up();
  stopped.wait();
  const auto took = std::chrono::round<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  auto summary = recorder.counts();
  summary.set("orders", load ? load->orders() : 0).set("seconds", static_cast<double>(took.count()) / 1000);
  fmt::print("{}\n", js::stringify(summary));
}

}  // namespace
}  // namespace storefront

int main(int argc, char** argv) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before any thread starts
  try {
    const auto settings = storefront::read_settings({argv + 1, argv + argc});
    if (settings.help)
      fmt::print("{}", storefront::usage);
    else
      storefront::run(settings, ends);
    return 0;
  } catch (const ctl::Error& error) {
    const auto& text = error.text();
    fmt::print(stderr, "storefront: {}{}{}{}{}\n", text.what, text.cause.empty() ? "" : ": ", text.cause,
               text.hint.empty() ? "" : "\n  try: ", text.hint);
    return error.code() == ctl::Code::usage ? 64 : 1;
  }
}
