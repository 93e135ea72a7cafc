#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "shop_fixture.hpp"
#include "support/journal_tables.hpp"
#include "transfer/row_hazards.hpp"

using namespace ctl;
using Why = transfer::RowHazard::Why;

namespace {

struct Hazards : Shop {
  void fields(const std::vector<std::string>& names) {
    for (const auto& name : names) table.fields.push_back({name, name, {}});
  }
  [[nodiscard]] transfer::RecordLimits limits(const Config& declared = {}) {
    kafka::Cluster cluster{kafka, quiet};
    return transfer::record_limits(cluster, kafka, table.topic, declared, soon());
  }
  [[nodiscard]] transfer::RowHazards look(std::optional<std::int64_t> after = {}, const Deadline& until = soon()) {
    return transfer::row_hazards(postgres, table, after, limits(), 0, quiet, until);
  }
  /// "3 bad_time d 1,2,7" for each, in the order of their first rows.
  [[nodiscard]] std::vector<std::string> found(std::optional<std::int64_t> after = {}) {
    std::vector<std::string> all;
    for (const auto& hazard : look(after).found) {
      auto text = std::to_string(hazard.rows) + " " + words(hazard) + " " + hazard.column + " ";
      for (const auto id : hazard.first_ids) text += std::to_string(id) + (id == hazard.first_ids.back() ? "" : ",");
      all.push_back(text);
    }
    return all;
  }
  static std::string words(const transfer::RowHazard& hazard) {
    switch (hazard.why) {
      case Why::value: return std::string{to_string(hazard.reject)};
      case Why::ahead: return "ahead";
      case Why::behind: return "behind";
      case Why::client_bytes: return "client_bytes";
      case Why::topic_bytes: return "topic_bytes";
      case Why::microseconds: return "microseconds";
    }
    return "";
  }
  [[nodiscard]] Error refused() {
    const auto moved = attempt([&] { return move(); });
    REQUIRE_FALSE(moved);
    return moved.error();
  }
};
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("all rows that cannot be events are found before the start, by reason, column and id") {
  Hazards shop;
  shop.database.run(
      "alter table cart_events add d date, add f float8, add r real, add ia int[], add ja jsonb[], add at timestamptz;" +
      shop::insert_events(20) +
      "; update cart_events set d = '294277-01-01' where cart_event_id = 1; update cart_events set d = '0044-03-15 BC' where cart_event_id "
      "= 2;"
      "update cart_events set d = 'infinity' where cart_event_id = 3; update cart_events set d = '5874897-12-31' where cart_event_id = 4;"
      "update cart_events set event_timestamp = '-infinity' where cart_event_id = 5; update cart_events set event_timestamp = "
      "'294276-12-31 23:59:59.999999' "
      "where cart_event_id = 6; update cart_events set event_timestamp = '4713-01-01 BC' where cart_event_id = 7;"
      "update cart_events set f = 'NaN' where cart_event_id = 8; update cart_events set r = '-Infinity' where cart_event_id = 9;"
      "update cart_events set ia = '[0:1]={1,2}' where cart_event_id = 10; update cart_events set ja = array['1', 'null']::jsonb[] where "
      "cart_event_id = 11;"
      "update cart_events set at = '294276-12-31 23:59:59+00' where cart_event_id = 12; update cart_events set at = '2024-01-01 "
      "00:00:00.000001+00' where cart_event_id = 13;"
      "update cart_events set d = '275760-09-13', f = 5e-324, r = 1e-45, ia = '{1,NULL}', ja = array['1', null]::jsonb[], at = '0001-01-01 "
      "00:00:00+00' "
      "where cart_event_id = 14; update cart_events set event_timestamp = null where cart_event_id = 15");
  shop.fields({"d", "f", "r", "ia", "ja", "at"});
  for (const auto* zone : {"UTC", "Europe/Berlin", "America/New_York", "+05:30"}) {
    INFO(zone);
    shop.table.time_zone = zone;
    CHECK(shop.found() == Lines{"4 bad_time d 1,2,3,4", "3 bad_time event_timestamp 5,6,7", "1 out_of_range f 8", "1 out_of_range r 9",
                                "1 wrong_type ia 10", "1 json_null ja 11", "1 bad_time at 12", "1 microseconds  13"});
  }
  CHECK(shop.look().rows == 20);
  CHECK(shop.look().complete);
  CHECK(shop.found(10) == Lines{"1 json_null ja 11", "1 bad_time at 12", "1 microseconds  13"});
  const auto error = shop.refused();
  CHECK(error.code() == Code::refused);
  CHECK_THAT(error.what(), Catch::Contains("row 1 of public.cart_events") && Catch::Contains("column d"));
  shop.database.run("delete from cart_events where cart_event_id < 13");
  CHECK(shop.found() == Lines{"1 microseconds  13"});
  CHECK(shop.move().rows == 8);
  CHECK(shop.reconcile().equal());
  CHECK(shop.look(20).rows == 0);
  CHECK_FALSE(shop.look({}, Deadline{std::chrono::milliseconds{0}, {}}).complete);
}

TEST_CASE("bytes that are no UTF-8 in a database without an encoding are named by row and column, and everything else in it crosses") {
  Hazards shop;
  const auto name = sandbox::unique("ascii");
  {
    auto session = shop.session();
    session.query("create database " + name + " encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'", Shop::soon());
  }
  shop.postgres.conninfo = sandbox::database_url(name);
  {
    auto session = shop.session();
    session.query(std::string{shop::tables}, Shop::soon());
    session.query(shop::insert_events(10), Shop::soon());
    session.query(R"(update cart_events set event_type = E'caf\303\251' where cart_event_id = 2)", Shop::soon());
    session.query(R"(update cart_events set event_type = E'caf\351' where cart_event_id in (4, 7))", Shop::soon());
    CHECK(shop.found() == Lines{"2 bad_utf8 event_type 4,7"});
    CHECK_THAT(shop.refused().what(), Catch::Contains("row 4 of public.cart_events") && Catch::Contains("event_type is bad_utf8"));
    session.query("delete from cart_events where cart_event_id in (4, 7)", Shop::soon());
    CHECK(shop.move().rows == 8);
    CHECK(shop.reconcile().equal());
  }
  shop.database.run("drop database " + name + " with (force)");
}

TEST_CASE("times that a broker refuses are found before, and named by row, value and limit when one comes meanwhile") {
  Hazards shop;
  const sandbox::Topic strict{"strict", 1,
                              "retention.ms=-1,message.timestamp.after.max.ms=600000,message.timestamp.before.max.ms=86400000"};
  shop.table.topic = strict.name();
  shop.database.run(
      "insert into cart_events (product_id, quantity, event_type, event_timestamp) select 1, 1, 'added', date_trunc('second', now() at "
      "time zone 'utc') + o "
      "from unnest(array['-1 hour', '9 minutes', '11 minutes', '25 hours', '-25 hours', '-23 hours', '-10 years']::interval[]) o");
  CHECK(shop.limits().ahead_ms == 600'000);
  CHECK(shop.limits().behind_ms == 86'400'000);
  CHECK(shop.found() == Lines{"2 ahead event_timestamp 3,4", "2 behind event_timestamp 5,7"});
  auto error = shop.refused();
  CHECK(error.code() == Code::refused);
  CHECK_THAT(error.text().cause,
             Catch::Contains("INVALID_TIMESTAMP") && Catch::Contains("(id 4)") && Catch::Contains("message.timestamp.after.max.ms"));
  CHECK_THAT(error.text().hint, Catch::Contains("source.time_zone (UTC)") && Catch::Contains("mykartctl preflight"));
  shop.database.run("delete from cart_events where cart_event_id in (3, 4)");
  error = shop.refused();
  CHECK_THAT(error.text().cause, Catch::Contains("(id 7)") && Catch::Contains("message.timestamp.before.max.ms"));
  shop.database.run("delete from cart_events where cart_event_id in (5, 7)");
  CHECK(shop.move().rows == 3);
  const sandbox::Topic stamped{"stamped", 1, "retention.ms=-1,message.timestamp.type=LogAppendTime,message.timestamp.after.max.ms=1"};
  shop.table.topic = stamped.name();
  CHECK(shop.found().empty());
  shop.table.topic = sandbox::unique("not-made");
  CHECK(shop.limits().ahead_ms == 3'600'000);  // what Kafka 4 gives a topic
  CHECK(shop.limits({{"message.timestamp.after.max.ms", "5"}}).ahead_ms == 5);
}

TEST_CASE("rows that are too large for the client or the topic are found before, and named with size and limit when one comes meanwhile") {
  Hazards shop;
  const sandbox::Topic small{"small", 1, "retention.ms=-1,max.message.bytes=50000"};
  shop.table.topic = small.name();
  shop.database.run(
      "alter table cart_events add s text;" + shop::insert_events(6) +
      "; update cart_events set s = repeat('x', 1200000) where cart_event_id = 2;"
      "update cart_events set s = (select string_agg(md5(i::text), '') from generate_series(1, 3000) i) where cart_event_id = 5;"
      "update cart_events set s = repeat('y', 49000) where cart_event_id = 6");
  shop.fields({"s"});
  CHECK(shop.found() == Lines{"1 client_bytes  2", "1 topic_bytes  5"});
  auto error = shop.refused();
  CHECK(error.code() == Code::refused);
  CHECK_THAT(error.text().cause, Catch::Contains("(id 2)") && Catch::Contains("message.max.bytes 1000000"));
  CHECK_THAT(error.text().hint, Catch::Contains("--kafka-property message.max.bytes=12") && Catch::Contains("max.message.bytes"));
  shop.database.run("delete from cart_events where cart_event_id = 2");
  error = shop.refused();
  CHECK_THAT(error.text().cause, Catch::Contains("(id 5)") && Catch::Contains("max.message.bytes 50000"));
  CHECK_THAT(error.text().hint, Catch::Contains("declare config max.message.bytes: 9"));
  shop.database.run("delete from cart_events where cart_event_id = 5");
  CHECK(shop.move().rows == 4);
  shop.kafka.properties["message.max.bytes"] = "5000000";
  CHECK(shop.limits().client_bytes == 5'000'000);
}

TEST_CASE("JSON's numbers, its null and its surrogates cross in both directions, and are never dead letters of the table's own events") {
  Hazards shop;
  shop.database.run(journal_tables() + shop::insert_events(11) + R"sql(;
    alter table cart_events add meta jsonb, add raw json;
    update cart_events set meta = m, raw = r from (values
      (1, '{"wei":100000000000000000000}'::jsonb, null::json), (2, '{"x":1e400}', '{"e":1E+2}'), (3, '{"y":-0.0}', 'null'), (4, '{"z":1.10}', '{"a":1,"a":2}'),
      (5, '{"n":18446744073709551615}', E'{"s":"\\ud800"}'), (6, (repeat('[',2000)||repeat(']',2000))::jsonb, (repeat('[',2000)||repeat(']',2000))::json),
      (7, 'null', E'"\\u0000"'), (8, null, '{"z":1.10, "wei":100000000000000000000}'), (9, '[null]', '1e-400'), (10, '"null"', ' null '),
      (11, ('1' || repeat('0', 131071))::jsonb, '1e999999')) v(id, m, r) where cart_event_id = id)sql");
  shop.fields({"meta", "raw"});
  CHECK(shop.found().empty());
  CHECK(shop.move().rows == 11);
  CHECK(shop.reconcile().equal());
  const auto replayed = [&] {
    transfer::Ledger sum;
    for (const auto& [partition, l] : transfer::Replay{shop.postgres, shop.kafka, shop.table, {.run = 1}, shop.quiet}.run(Shop::soon())) {
      sum.inserted += l.inserted;
      sum.from_table += l.from_table;
      sum.dead += l.dead;
    }
    return sum;
  };
  const auto own = replayed();
  CHECK(own.from_table == 11);
  CHECK(own.dead == 0);

  // The same texts once more, as an application would send them.
  std::vector<oracle::Record> again;
  for (auto record : oracle::read(shop.topic.name())) {
    const auto at = record.value->find(",\"event_id\"");
    again.push_back({.key = record.key, .value = record.value->substr(0, at) + ",\"trace\":18446744073709551616,\"lone\":\"\\ud800\"}"});
  }
  oracle::produce(shop.topic.name(), again);
  const auto theirs = replayed();
  CHECK(theirs.inserted == 11);
  CHECK(theirs.dead == 0);
  CHECK(shop.database.value("select count(*) from (select meta, replace(raw::text, ' ', ''), meta is null, raw is null from cart_events "
                            "where cart_event_id <= 11 except all select meta, raw::text, meta is null, raw is null from cart_events "
                            "where cart_event_id > 11) x") == "0");
  // What PostgreSQL's jsonb and numeric cannot hold is a dead letter with its own reason.
  shop.database.run("alter table cart_events add n numeric(6, 2)");
  shop.fields({"n"});
  std::vector<oracle::Record> beyond;
  for (const std::string odd :
       {R"("meta":1e131072)", R"("meta":"\u0000")", R"("meta":["\udc00"])", R"("n":1.005)", R"("n":12345)", R"("meta":{"a":1e-16384})"})
    beyond.push_back({.key = "k", .value = R"({"product_id":1,"quantity":1,"event_type":"odd",)" + odd + "}"});
  beyond.push_back({.key = "k",
                    .value = R"({"product_id":1,"quantity":1,"event_type":"deep","raw":)" + std::string(400'000, '[') +
                             std::string(400'000, ']') + "}"});
  beyond.push_back({.key = "k", .value = R"({"product_id":1,"quantity":"x","quantity":7.0,"event_type":"fine","n":1.50})"});
  oracle::produce(shop.topic.name(), beyond);
  const auto last = replayed();
  CHECK(last.inserted == 1);
  CHECK(last.dead == 7);
  CHECK(shop.database.value(
            "select string_agg(reason || ' ' || coalesce(column_name, sqlstate), ', ' order by kafka_offset) from mykartctl.dead_letter") ==
        "out_of_range meta, nul_byte meta, bad_utf8 meta, out_of_range n, out_of_range n, out_of_range meta, server 54001");
}

TEST_CASE("JSON's null of a row and its NULL are two events, and a change of the one to the other is seen") {
  Hazards shop;
  shop.database.run("alter table cart_events add meta jsonb;" + shop::insert_events(4) +
                    "; update cart_events set meta = 'null' where cart_event_id in (1, 2)");
  shop.fields({"meta"});
  CHECK(shop.move().rows == 4);
  CHECK(shop.reconcile().equal());
  shop.database.run("update cart_events set meta = case when meta is null then 'null'::jsonb end where cart_event_id in (2, 3)");
  CHECK(shop.reconcile().altered == 2);
}
