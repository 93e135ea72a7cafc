// bench_reconcile [ROWS]: a table of 10,000,000 rows (or ROWS) against its topic, once as it should be and once with seven things wrong in
// it. Prints a JSON line for each comparison (rate a side, CPU, memory) and one for each thing that was wrong: was it named by id,
// partition and offset? Fails when one was not, when anything else was named, or when there are fewer than 1,000,000 rows a second and
// side. The events are written here, by code that knows neither the encoder nor the mover.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "core/text.hpp"
#include "kafka/sender.hpp"
#include "sql/queries.hpp"
#include "support/cart_events.hpp"
#include "support/journal_tables.hpp"
#include "support/process.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "transfer/transfer.hpp"
#include "usage.hpp"

namespace {

using namespace std::chrono_literals;
using What = ctl::transfer::Difference::What;

constexpr double bar = 1e6;  ///< rows a second and side

/// The event of row `id` of shop::insert_events, as the shop itself would write it.
struct Event {
  std::string key{}, value{};
  ctl::Millis time{};
  std::optional<int> partition{};
};
Event event_of(std::int64_t id) {
  constexpr const char* types[] = {"added", "removed", "increased", "decreased"};
  Event event;
  event.time = ctl::Millis{1'704'067'200'123ms + std::chrono::seconds{id}};  // 2024-01-01T00:00:00.123Z
  event.key = fmt::format("product-{}", 1 + id % 100);
  event.value = fmt::format(
      R"({{"product_id":{},"quantity":{},"event_type":"{}","event_timestamp":"{}","user_agent":null,"ip":null,"event_id":"pg:cart_events:{}"}})",
      1 + id % 100, 1 + id % 5, types[id % 4], ctl::format_instant(event.time), id);
  return event;
}

struct Wrong {
  std::string name{};
  What what{};
  std::int64_t id{};
  std::optional<ctl::kafka::Place> at{};  ///< of the event; none for what is missing
};

/// What is wrong with `rows` events. A swapped pair is named by its earlier row, which comes after the later one.
std::vector<Wrong> wrongs(std::int64_t rows) {
  return {{"dropped", What::missing, rows * 1 / 10},          {"inserted below the barrier", What::missing, rows * 2 / 10},
          {"doubled", What::duplicate, rows * 3 / 10},        {"swapped", What::misplaced, rows * 4 / 10},
          {"altered", What::altered, rows * 5 / 10},          {"altered time", What::altered, rows * 6 / 10},
          {"wrong partition", What::misplaced, rows * 7 / 10}};
}

/// Writes all events in the order of their ids, with what is wrong; and notes where the wrong ones came to lie.
void write(const std::string& topic, std::int64_t rows, std::vector<Wrong>& wrong) {
  Quiet quiet;
  const ctl::Deadline until{30min, {}};
  ctl::kafka::Sender sender{{sandbox::brokers(), {}, {}, ""}, quiet};
  std::map<std::int64_t, Wrong*> by_id;
  for (auto& one : wrong) by_id[one.id] = &one;
  const auto send = [&](const Event& event, Wrong* noted) {
    sender.send(
        {.topic = topic, .partition = event.partition, .key = event.key, .value = event.value, .time = event.time},
        [noted](const ctl::kafka::Outcome& outcome) {
          if (!outcome.place) throw ctl::Error{outcome.place.error()};
          if (noted != nullptr) noted->at = *outcome.place;
        },
        until);
  };
  std::vector<std::pair<Event, Wrong*>> later;
  constexpr std::int64_t same_key = 100;  // so many ids on
  std::map<std::int64_t, Wrong*> swapped;
  for (std::int64_t id = 1; id <= rows; ++id) {
    auto event = event_of(id);
    const auto found = by_id.find(id);
    auto* one = found == by_id.end() ? nullptr : found->second;
    if (const auto partner = swapped.find(id); partner != swapped.end()) {
      send(event_of(id - same_key), partner->second);
    } else if (one == nullptr) {
      send(event, nullptr);
    } else if (one->name == "swapped") {
      swapped[id + same_key] = one;
      send(event_of(id + same_key), nullptr);
    } else if (one->what == What::duplicate) {
      later.emplace_back(event, one);
      send(event, nullptr);
    } else if (one->what != What::missing) {
      if (one->name == "altered") event.value.replace(event.value.find("\"quantity\":") + 11, 1, "6");
      if (one->name == "altered time") event.time += 1ms;
      if (one->name == "wrong partition") event.partition = (ctl::kafka::partition_of(event.key, 3) + 1) % 3;
      send(event, one);
    }
  }
  for (const auto& [event, one] : later) send(event, one);
  sender.flush(until);
}

/// Notes when the rows were read and the events began.
class Sides : public ctl::Listener {
 public:
  explicit Sides(std::int64_t rows) : rows_{static_cast<std::uint64_t>(rows)} {}
  void note(Level, std::string_view) override {}
  void progress(const ctl::Progress& p) override {
    if (p.done <= rows_) rows_read_ = std::chrono::steady_clock::now();
    if (p.done <= 2 * rows_) events_read_ = std::chrono::steady_clock::now();
  }
  [[nodiscard]] double rows_s() const { return std::chrono::duration<double>(rows_read_ - begun_).count(); }
  [[nodiscard]] double events_s() const { return std::chrono::duration<double>(events_read_ - rows_read_).count(); }

 private:
  std::uint64_t rows_;
  std::chrono::steady_clock::time_point begun_{std::chrono::steady_clock::now()}, rows_read_{begun_}, events_read_{begun_};
};

/// One comparison in this process: a line of JSON with its figures, then a line "kind id partition offset" for each difference.
int compare(const std::string& database_url, const std::string& topic, std::int64_t rows) {
  Sides sides{rows};
  const ctl::Deadline until{30min, {}};
  auto session = ctl::postgres::Connection::open({database_url, {}, "bench", ""}, ctl::postgres::Access::read_only, sides, until);
  const auto begin = std::chrono::steady_clock::now();
  const auto parity = ctl::transfer::reconcile(session, {sandbox::brokers(), {}, {}, ""}, shop::cart_events(topic), {}, sides, until);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto count = static_cast<double>(rows);
  fmt::print(
      R"({{"bench":"reconcile","rows":{},"events":{},"equal":{},"seconds":{:.2f},"rows_per_s":{:.0f},"events_per_s":{:.0f},"cpu_us_per_row":{:.3f},"resident_kb":{}}})"
      "\n",
      parity.rows, parity.in_topic, parity.equal(), seconds, count / sides.rows_s(), count / sides.events_s(), cpu_seconds() * 1e6 / count,
      peak_kilobytes());
  for (const auto& d : parity.differences)
    fmt::print("{} {} {} {}\n", to_string(d.what), d.id, d.at ? d.at->first : -1, d.at ? d.at->second : -1);
  return 0;
}

double number_in(const std::string& json, const std::string& key) {
  const auto at = json.find("\"" + key + "\":") + key.size() + 3;
  return static_cast<double>(ctl::parse_integer(json.substr(at, json.find_first_of(",}", at) - at)).value_or(0));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4) return compare(argv[1], argv[2], ctl::parse_integer(argv[3]).value_or(0));
  const auto rows = argc > 1 ? ctl::parse_integer(argv[1]).value_or(0) : 10'000'000;
  const sandbox::Database database{"reconcile"};
  database.run(shop::tables + journal_tables());
  database.run(shop::insert_events(static_cast<int>(rows)));
  database.run("vacuum analyze cart_events");
  const sandbox::Topic right{"right", 3, "retention.ms=-1"}, tampered{"tampered", 3, "retention.ms=-1"};
  std::vector<Wrong> none, wrong = wrongs(rows);
  write(right.name(), rows, none);
  const auto row = std::to_string(wrong[1].id);
  database.run("create table late as select * from cart_events where cart_event_id = " + row +
               "; delete from cart_events where cart_event_id = " + row);
  write(tampered.name(), rows, wrong);
  database.run("insert into cart_events select * from late");

  const auto run = [&](const sandbox::Topic& topic) {
    auto out = process::run({"/proc/self/exe", database.url(), topic.name(), std::to_string(rows)}, {}, {}, 30min).out;
    fmt::print("{}", out.substr(0, out.find('\n') + 1));
    return out;
  };
  const auto equal = run(right), differs = run(tampered);
  bool good = equal.find("\"equal\":true") != std::string::npos;
  good = good && number_in(equal, "rows_per_s") >= bar && number_in(equal, "events_per_s") >= bar;
  auto named = static_cast<std::size_t>(std::count(differs.begin(), differs.end(), '\n')) - 1;
  for (const auto& one : wrong) {
    const auto line =
        fmt::format("\n{} {} {} {}\n", to_string(one.what), one.id, one.at ? one.at->partition : -1, one.at ? one.at->offset : -1);
    const bool found = differs.find(line) != std::string::npos;
    good = good && found;
    named -= found ? 1 : 0;
    fmt::print(R"({{"bench":"reconcile_finds","what":"{}","of_rows":{},"id":{},"found":{}}})"
               "\n",
               one.name, rows, one.id, found);
  }
  fmt::print(R"({{"bench":"reconcile_names_nothing_else","found":{}}})"
             "\n",
             named);
  return good && named == 0 ? 0 : 1;
}
