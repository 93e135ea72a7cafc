#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include "cart_rows.hpp"
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
  CartRows rows;

  const auto before_making = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  for (std::int64_t id = 0; id < count; ++id) rows.make(id);
  const auto making = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - before_making;  // is not the producer's

  const auto start = ctl::Deadline::clock::now();
  const auto main_before = cpu_seconds(CLOCK_THREAD_CPUTIME_ID), all_before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  int transactions = 0;
  for (std::int64_t id = 0; id < count; ++transactions) id = write_rows(out, topic.name(), rows, id, count, until);
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
