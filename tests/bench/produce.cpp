#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include "kafka/producer.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

// What Transactional costs: rows of 135 bytes in transactions of a second, as the mover writes them. One JSON line.
// usage: bench_produce [rows [librdkafka-property=value …]]

namespace {

using namespace std::chrono_literals;
using ctl::kafka::Transactional;

double cpu_seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

class Rows {
 public:
  void make(std::int64_t id) {
    key_.clear();
    value_.clear();
    fmt::format_to(std::back_inserter(key_), "product-{}", id % 1000);
    fmt::format_to(
        std::back_inserter(value_),
        R"({{"event_id":"pg:cart_events:{:014}","product_id":{:04},"quantity":{},"event_type":"added","timestamp":"2024-03-01T12:00:00.123Z"}})",
        id, id % 1000, id % 7 + 1);
  }
  [[nodiscard]] std::string_view key() const { return {key_.data(), key_.size()}; }
  [[nodiscard]] std::string_view value() const { return {value_.data(), value_.size()}; }

 private:
  fmt::memory_buffer key_{}, value_{};
};

int transaction(Transactional& out, const std::string& topic, Rows& rows, std::int64_t& id, std::int64_t end, const ctl::Deadline& until) {
  const auto yesterday = ctl::now() - 24h;
  out.begin();
  for (const auto second = until.within(1s); id < end && !second.over();)
    for (int n = 0; n < 1024 && id < end; ++n, ++id) {
      rows.make(id);
      out.send(topic, rows.key(), rows.value(), yesterday + std::chrono::milliseconds{id}, until);
    }
  if (out.commit(until) != Transactional::Commit::done) throw ctl::Error{ctl::Code::failed, {.what = "a transaction was not committed"}};
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc > 1 ? ctl::parse_integer(argv[1]).value_or(0) : 2'000'000;
  const sandbox::Topic topic{"bench_produce", 3};
  Quiet quiet;
  const ctl::Deadline until{10min, {}};
  ctl::kafka::Settings settings{.brokers = sandbox::brokers(), .properties = {}, .secrets = {}, .origin = "sandbox"};
  for (int i = 2; i < argc; ++i) {
    const std::string property = argv[i];
    settings.properties[property.substr(0, property.find('='))] = property.substr(property.find('=') + 1);
  }
  Transactional out{settings, topic.name(), quiet, until};
  Rows rows;

  const auto before_making = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (std::int64_t id = 0; id < count; ++id) rows.make(id);
  const auto making = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - before_making;  // is not the producer's

  const auto start = ctl::Deadline::clock::now();
  const auto main_before = cpu_seconds(CLOCK_THREAD_CPUTIME_ID), all_before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  int transactions = 0;
  for (std::int64_t id = 0; id < count;) transactions += transaction(out, topic.name(), rows, id, count, until);
  const auto took = std::chrono::duration<double>(ctl::Deadline::clock::now() - start).count();
  const auto main_cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - main_before - making,
             all_cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - all_before - making;

  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto n = static_cast<double>(count);
  fmt::print(
      R"({{"bench":"produce","rows":{},"row_bytes":{},"transactions":{},"rows_per_s":{:.0f},"main_us_per_row":{:.3f},"all_us_per_row":{:.3f},"max_rss_mb":{:.1f}}})"
      "\n",
      count, rows.value().size(), transactions, n / took, main_cpu * 1e6 / n, all_cpu * 1e6 / n,
      static_cast<double>(usage.ru_maxrss) / 1024);
}
