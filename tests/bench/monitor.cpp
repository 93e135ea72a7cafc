// bench_monitor [RECORDS [ROUNDS]]: `topics monitor` of a topic from its beginning to its end into a pipe, as text and as JSON, against
// kcat's formatted output of the same topic, in turns. mykartctl and kcat come from PATH. A JSON line each, then the ratios.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <vector>

#include "cart_rows.hpp"
#include "kafka/producer.hpp"
#include "support/process.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "usage.hpp"

namespace {

using namespace std::chrono_literals;

/// Records a second of a program that writes one line a record, start and end included. wc counts them: who loses records is not fast.
double measure(const std::string& what, const std::string& command, std::int64_t records) {
  const auto cpu_before = cpu_seconds(RUSAGE_CHILDREN);
  const auto begin = std::chrono::steady_clock::now();
  const auto ended = process::run({"bash", "-c", "set -o pipefail; " + command + " 2>/dev/null | wc -l"}, {}, {}, 30min);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto lines = ctl::parse_integer(ctl::trim(ended.out)).value_or(0);
  if (ended.status != 0 || lines < records || lines > records + 1)  // the head of the table is a line as well
    throw ctl::Error{ctl::Code::failed, {.what = fmt::format("{} ended with {} and wrote {} lines", what, ended.status, lines)}};
  const auto rate = static_cast<double>(records) / seconds;
  fmt::print(
      R"({{"bench":"monitor","what":"{}","records":{},"seconds":{:.2f},"records_per_s":{:.0f},"cpu_us_per_record":{:.3f},"resident_kb":{}}})"
      "\n",
      what, records, seconds, rate, (cpu_seconds(RUSAGE_CHILDREN) - cpu_before) * 1e6 / static_cast<double>(records), ended.peak_kilobytes);
  std::fflush(stdout);
  return rate;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto records = argc > 1 ? ctl::parse_integer(argv[1]).value_or(0) : 2'000'000;
  const auto rounds = argc > 2 ? ctl::parse_integer(argv[2]).value_or(1) : 5;
  const sandbox::Topic topic{"bench_monitor", 3};
  Quiet quiet;
  write_rows({.brokers = sandbox::brokers(), .properties = {}, .secrets = {}, .origin = "sandbox"}, topic.name(), records, quiet,
             {30min, {}});
  const auto where = fmt::format("{} --brokers {}", topic.name(), sandbox::brokers());
  const std::map<std::string, std::string> commands{
      {"kcat", fmt::format(R"(kcat -C -q -e -o beginning -f '%p %o %k %s\n' -b {} -t {})", sandbox::brokers(), topic.name())},
      {"text", "mykartctl topics monitor --from beginning --to end " + where},
      {"json", "mykartctl topics monitor --from beginning --to end -o json " + where}};
  std::map<std::string, std::vector<double>> ratios;
  for (int i = 0; i < rounds; ++i) {
    std::map<std::string, double> rates;
    for (const auto& [what, command] : commands) rates[what] = measure(what, command, records);
    for (const auto* what : {"text", "json"}) ratios[what].push_back(rates[what] / rates["kcat"]);
  }
  fmt::print("{{\"bench\":\"monitor_to_kcat\",\"records\":{},\"rounds\":{},\"text_ratio\":{:.2f},\"json_ratio\":{:.2f}}}\n", records,
             rounds, median(ratios["text"]), median(ratios["json"]));
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "bench_monitor: {}\n", error.what());
  return 1;
}
