#include <catch2/catch.hpp>
#include <thread>

#include "shop_fixture.hpp"
#include "support/raw_producer.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

/// 300 rows, of which 100 are copied. The next mover was killed, and its broker has lost ends of its transaction.
struct Orphaned : Shop {
  Unverified unverified{};
  transfer::Identity id{};

  Orphaned() {
    database.run(shop::insert_events(100));
    REQUIRE(move().rows == 100);
    database.run(shop::insert_events(200));
    auto reading = session();
    id = transfer::identity(reading, table, soon());
  }
  [[nodiscard]] RawProducer killed_mover() const { return RawProducer{id.transaction}; }

  /// The event of a row as the mover makes it: taken from a copy of the same rows to another topic.
  [[nodiscard]] std::vector<RawProducer::Records> events(std::int64_t first, std::int64_t last) {
    const sandbox::Topic other{"as-moved", 3};
    auto elsewhere = table;
    elsewhere.topic = other.name();
    static_cast<void>(transfer::Mover{postgres, kafka, elsewhere, {}, quiet}.catch_up(soon()));
    std::vector<RawProducer::Records> by_partition(3);
    for (const auto& record : oracle::read(other.name()))
      if (const auto row = oracle::id_of(record, "cart_events"); row && *row >= first && *row <= last)
        by_partition[static_cast<std::size_t>(record.partition)].push_back({*record.key, *record.value, record.time_ms});
    return by_partition;
  }
  [[nodiscard]] std::vector<std::int64_t> ends(kafka::Cluster::At at = kafka::Cluster::At::latest) {
    kafka::Cluster cluster{kafka, quiet};
    std::vector<kafka::Partition> all;
    for (int partition = 0; partition < 3; ++partition) all.push_back({topic.name(), partition});
    std::vector<std::int64_t> found;
    for (const auto& [partition, end] : cluster.offsets(all, at, soon())) found.push_back(*end);
    return found;
  }
  void write(RawProducer& raw, const RawProducer::Partition& to, const RawProducer::Records& records) const {
    while (true) try {
        return raw.produce(to, records);
      } catch (const std::exception&) { std::this_thread::sleep_for(10ms); }  // the broker has not heard yet that it is not to verify
  }
  void write_checkpoint(RawProducer& raw, std::int64_t last_id) {
    const auto end = ends();
    write(raw, {std::string{transfer::checkpoint_topic}, 0},
          {{id.key,
            "{\"table\":\"cart_events\",\"topic\":\"" + topic.name() + "\",\"last_id\":" + std::to_string(last_id) +
                ",\"rows\":" + std::to_string(last_id) + ",\"rejected\":0,\"ends\":{\"0\":" + std::to_string(end[0]) +
                ",\"1\":" + std::to_string(end[1]) + ",\"2\":" + std::to_string(end[2]) + "},\"exact\":true}",
            now().time_since_epoch().count()}});
  }
  void goes_on(std::uint64_t rows) {
    const auto moved = move();
    CHECK(moved.caught_up);
    CHECK(moved.rows == rows);
    CHECK(ends(kafka::Cluster::At::stable) == ends());
    CHECK(verdict("select cart_event_id from cart_events") == "");
    CHECK(reconcile().equal());
  }
};

const RawProducer::Partition checkpoints{std::string{transfer::checkpoint_topic}, 0};

}  // namespace

TEST_CASE("rows that a broker has left open of a killed mover are moved again, and never committed twice") {
  Orphaned shop;
  const auto events = shop.events(101, 200);
  {
    auto raw = shop.killed_mover();
    for (int p = 0; p < 3; ++p) shop.write(raw, {shop.topic.name(), p}, events[static_cast<std::size_t>(p)]);
  }
  shop.goes_on(200);
}

TEST_CASE("a partition that was never told that a mover's transaction was committed gets its end, and nothing is moved again") {
  Orphaned shop;
  const auto events = shop.events(101, 200);
  {
    auto raw = shop.killed_mover();
    raw.add({{shop.topic.name(), 0}, checkpoints});
    for (int p = 0; p < 3; ++p) shop.write(raw, {shop.topic.name(), p}, events[static_cast<std::size_t>(p)]);
    shop.write_checkpoint(raw, 200);
    raw.end(true);
  }
  shop.goes_on(100);
}

TEST_CASE("a committed transaction whose checkpoint was never told so is found by its events") {
  Orphaned shop;
  const auto events = shop.events(101, 200);
  {
    auto raw = shop.killed_mover();
    raw.add({{shop.topic.name(), 0}});
    for (int p = 0; p < 3; ++p) shop.write(raw, {shop.topic.name(), p}, events[static_cast<std::size_t>(p)]);
    shop.write_checkpoint(raw, 200);
    raw.end(true);
  }
  { const RawProducer forgets{shop.id.transaction}; }  // and its coordinator remembers nothing of it
  shop.goes_on(100);
}

TEST_CASE("a transaction of which no partition was told the end is taken back as a whole") {
  Orphaned shop;
  const auto events = shop.events(101, 200);
  {
    auto raw = shop.killed_mover();
    for (int p = 0; p < 3; ++p) shop.write(raw, {shop.topic.name(), p}, events[static_cast<std::size_t>(p)]);
    shop.write_checkpoint(raw, 200);
  }
  shop.goes_on(200);
}

TEST_CASE("a repair ends what a broker has left open as a mover does") {
  Orphaned shop;
  REQUIRE(shop.move().rows == 200);
  const auto events = shop.events(1, 60);
  {
    auto raw = shop.killed_mover();
    for (int p = 0; p < 3; ++p) shop.write(raw, {shop.topic.name(), p}, events[static_cast<std::size_t>(p)]);
  }
  shop.database.run("insert into cart_events values (-1, 1, 1, 'added', '2024-01-01')");
  transfer::Parity seen;
  seen.ends = {{0, 0}, {1, 0}, {2, 0}};
  seen.holes.add(-1);
  CHECK(transfer::repair(shop.postgres, shop.kafka, shop.table, seen, shop.quiet, Shop::soon()).rows == 1);
  CHECK(shop.ends(kafka::Cluster::At::stable) == shop.ends());
  std::map<std::int64_t, int> times;
  for (const auto& record : oracle::read(shop.topic.name()))
    if (const auto row = oracle::id_of(record, "cart_events")) ++times[*row];
  CHECK(times.size() == 301);
  CHECK(std::all_of(times.begin(), times.end(), [](const auto& one) { return one.second == 1; }));
}
