#include <catch2/catch.hpp>

#include "health/connectors.hpp"
#include "support/connector_file.hpp"

using namespace ctl;
using namespace ctl::health;

namespace {

ConnectorStatus status(RunState connector, std::vector<RunState> tasks, const std::string& cause = {}) {
  ConnectorStatus s{.name = "shop", .state = connector};
  for (const auto task : tasks) s.tasks.push_back({.id = static_cast<int>(s.tasks.size()), .state = task, .cause = cause});
  return s;
}

ReplicationSlot slot(const std::string& confirmed = "0/20", bool active = true) {
  return {.name = "shop_slot",
          .plugin = "pgoutput",
          .database = "shop",
          .wal_status = "reserved",
          .restart_lsn = "0/10",
          .confirmed_flush_lsn = confirmed,
          .active = active};
}

Value offsets(std::int64_t lsn, const std::string& more = {}) {
  return parse_json(R"([{"partition":{"server":"shop.cdc"},"offset":{"lsn":)" + std::to_string(lsn) + more + "}}]", "t");
}

const Error down{Code::unreachable, {.what = "connection refused"}};

/// Three polls of a healthy connector.
ConnectorSights healthy() {
  static const auto file = shop_connector();
  ConnectorSights s{.name = "shop", .declared = &file};
  s.wanted = plan::WantedConnector{.spec = file};
  s.config = std::optional{file.config};
  s.offsets = offsets(0x20);
  plan::SeenDatabase database{.name = "shop"};
  database.role = DatabaseRole{.name = "cdc", .login = true, .replication = true};
  for (const auto& table : file.tables())
    database.tables.push_back({.table = table, .exists = true, .may_use_schema = true, .may_select = true, .key = {"id"}});
  database.publication = Publication{.name = "shop_pub", .tables = {{"public", "items"}, {"public", "orders"}}};
  s.database = database;
  for (int n = 0; n < 3; ++n) s.polls.push_back({status(RunState::running, {RunState::running}), slot()});
  s.window = std::chrono::milliseconds{1000};
  return s;
}

std::string why(const ConnectorSights& sights) {
  const auto judged = judge(sights);
  return std::string{to_string(judged.verdict)} + ": " + (judged.reasons.empty() ? "" : judged.reasons.front());
}

}  // namespace

TEST_CASE("a connector is healthy only when everything is as it must be") {
  const auto judged = judge(healthy());
  CHECK(judged.verdict == ConnectorVerdict::healthy);
  CHECK(judged.reasons.empty());
  CHECK(judged.good() == true);
  CHECK(judged.captured == 2);
  CHECK(judged.slot_state == "active");
  CHECK(judged.moved == false);
  CHECK(judged.offsets.verdict == OffsetVerdict::in_sync);
}

TEST_CASE("RUNNING is not enough") {
  auto s = healthy();
  s.polls.back().status = status(RunState::running, {RunState::failed}, "C: no publication");
  CHECK(why(s) == "failed: C: no publication");
  s.polls.back().status = status(RunState::running, {});
  CHECK(why(s) == "degraded: 0 of 1 tasks run");
  s = healthy();
  s.polls[1].status = status(RunState::running, {RunState::unassigned});
  CHECK(why(s) == "degraded: RUNNING in 2 of 3 polls only");
  s = healthy();
  s.polls.back().slot = slot("0/20", false);
  CHECK(why(s) == "degraded: slot shop_slot is inactive: the task runs and reads nothing");
  s.polls.back().slot = std::optional<ReplicationSlot>{};
  s.offsets = Value{Value::List{}};
  CHECK(why(s) == "degraded: slot shop_slot does not exist");
}

TEST_CASE("a slot that stands still while something is behind it is told after two heartbeats") {
  auto s = healthy();
  auto behind = slot();
  behind.lag_bytes = 4096;
  for (auto& poll : s.polls) poll.slot = behind;
  CHECK(why(s) == "healthy: ");
  s.window = std::chrono::milliseconds{2500};
  CHECK_THAT(why(s), Catch::StartsWith("degraded: slot shop_slot has not moved"));
  s.polls.back().slot = slot("0/21");
  s.offsets = offsets(0x21);
  CHECK(why(s) == "healthy: ");
  CHECK(judge(s).moved == true);
}

TEST_CASE("tables must be in the config and in the publication") {
  auto s = healthy();
  s.database->publication->tables.pop_back();
  CHECK(why(s) == "degraded: public.orders is not captured");
  CHECK(judge(s).captured == 1);
  s = healthy();
  (**s.config)["table.include.list"] = "public.orders";
  const auto judged = judge(s);
  CHECK(judged.captured == 1);
  REQUIRE(judged.drift.size() == 1);
  CHECK(judged.drift[0].path == "config.table.include.list");
}

TEST_CASE("a lost slot and a silent gap are failures, though everything is RUNNING") {
  auto s = healthy();
  auto lost = slot();
  lost.wal_status = "lost";
  s.polls.back().slot = lost;
  CHECK_THAT(why(s), Catch::StartsWith("failed: slot shop_slot is lost"));
  s = healthy();
  s.polls.back().slot = slot("0/2000");
  const auto judged = judge(s);
  CHECK(judged.verdict == ConnectorVerdict::failed);
  CHECK(judged.offsets.verdict == OffsetVerdict::silent_gap);
  CHECK(judged.offsets.bytes == 0x2000 - 0x20);
}

TEST_CASE("a stored position ahead of the slot is normal while it is read, and sent again after a stop") {
  const auto running = slot("0/10"), stopped = slot("0/10", false);
  CHECK(judge_offsets(offsets(0x20), "shop.cdc", &running).verdict == OffsetVerdict::in_sync);
  CHECK(judge_offsets(offsets(0x20), "shop.cdc", &stopped).verdict == OffsetVerdict::replay);
  CHECK(judge_offsets(offsets(0x20), "shop.cdc", &stopped).bytes == 0x10);
  CHECK(judge_offsets(offsets(0x20), "shop.cdc", nullptr).verdict == OffsetVerdict::lost);
  CHECK(judge_offsets(offsets(0x20), "other", &running).verdict == OffsetVerdict::none);
  CHECK(judge_offsets(Value{Value::List{}}, "shop.cdc", &running).verdict == OffsetVerdict::none);
  CHECK(judge_offsets(offsets(0x5, R"(,"lsn_commit":32)"), "shop.cdc", &running).lsn == 0x20);
}

TEST_CASE("the offset says how far the initial snapshot is") {
  const auto active = slot();
  CHECK(judge_offsets(offsets(0x20), "shop.cdc", &active).snapshot == "done");
  CHECK(judge_offsets(offsets(0x20, R"(,"snapshot":"INITIAL","snapshot_completed":false)"), "shop.cdc", &active).snapshot == "running");
  CHECK(judge_offsets(offsets(0x20, R"(,"snapshot":true)"), "shop.cdc", &active).snapshot == "running");
  CHECK(judge_offsets(offsets(0x20, R"(,"snapshot":"INITIAL","snapshot_completed":true)"), "shop.cdc", &active).snapshot == "done");
  auto s = healthy();
  s.polls.back().slot = slot("0/20", false);
  s.offsets = offsets(0x20, R"(,"snapshot":true)");
  CHECK_THAT(why(s), Catch::StartsWith("degraded: the initial snapshot has not ended, and no session of cdc reads it"));
  for (auto& poll : s.polls) poll.readers = {17, 18};
  s.polls.front().readers = {16, 17};
  CHECK_THAT(why(s), Catch::StartsWith("degraded: the initial snapshot is still running"));
  s.polls.front().readers = {16};  // another one at each poll: it is begun again and again
  CHECK_THAT(why(s), Catch::StartsWith("degraded: the initial snapshot has not ended"));
  s.polls.back().slot = slot("0/20", true);  // the slot is read from: what is stored is of before
  CHECK(why(s) == "healthy: ");
}

TEST_CASE("a topic that is not there is told, and one that cannot be looked at is not known") {
  auto s = healthy();
  s.missing_topics = std::vector<std::string>{"__debezium-heartbeat.shop.cdc"};
  CHECK_THAT(why(s), Catch::StartsWith("degraded: __debezium-heartbeat.shop.cdc does not exist"));
  s.missing_topics = tl::unexpected{down};
  CHECK(judge(s).good() == std::nullopt);
}

TEST_CASE("tables that do not arrive whole are not captured, whatever runs") {
  auto s = healthy();
  s.database->tables[0].row_filter = "(id > 1)";
  CHECK_THAT(why(s), Catch::StartsWith("degraded: publication shop_pub has only rows with (id > 1) of public.orders"));
  CHECK(judge(s).captured == 1);
  s = healthy();
  s.database->publication->updates = false;
  CHECK_THAT(why(s), Catch::StartsWith("degraded: publication shop_pub publishes no update"));
  CHECK(judge(s).captured == 0);
  s = healthy();
  s.database->tables[1].may_select = false;
  CHECK_THAT(why(s), Catch::StartsWith("degraded: role cdc may not read public.items"));
  CHECK(judge(s).captured == 1);
  s = healthy();
  s.database->publication->schemas = {"public"};
  CHECK_THAT(why(s), Catch::StartsWith("degraded: publication shop_pub is FOR TABLES IN SCHEMA public"));
  CHECK(judge(s).captured == 2);
}

TEST_CASE("what is not known is unknown, not healthy") {
  auto s = healthy();
  s.database = tl::unexpected{down};
  for (auto& poll : s.polls) poll.slot = tl::unexpected{down};
  CHECK_THAT(why(s), Catch::StartsWith("unknown: ") && Catch::Contains("connection refused"));
  CHECK(judge(s).good() == std::nullopt);
  s = healthy();
  s.config = tl::unexpected{down};
  s.offsets = tl::unexpected{down};
  for (auto& poll : s.polls) poll.status = tl::unexpected{down};
  CHECK(judge(s).verdict == ConnectorVerdict::unknown);
  const auto report = connectors_report({.connectors = {s}}, true);
  std::string paths;
  for (const auto& unknown : report.unknown) paths += unknown.path + " ";
  CHECK_THAT(paths, Catch::Contains("connectors[0].state") && Catch::Contains("connectors[0].config"));
}

TEST_CASE("stopped, paused and missing are verdicts of their own") {
  auto s = healthy();
  s.polls.back() = {status(RunState::stopped, {}), slot("0/20", false)};
  CHECK(judge(s).verdict == ConnectorVerdict::stopped);
  s.polls.back() = {status(RunState::paused, {RunState::paused}), slot()};
  CHECK(judge(s).verdict == ConnectorVerdict::paused);
  s.config = std::optional<Config>{};
  for (auto& poll : s.polls) poll = {};
  CHECK(why(s) == "missing: the worker does not have it");
}

TEST_CASE("the report shows no secret, names what differs, and explains the one task") {
  auto s = healthy();
  (**s.config)["database.password"] = "hunter2";
  const auto report = connectors_report({.connectors = {s}}, true);
  const auto json = to_json(report.data);
  CHECK_THAT(json, !Catch::Contains("hunter2"));
  CHECK_THAT(json, Catch::Contains(R"("path":"config.database.password","declared":null,"found":null,"sensitive":true)"));
  CHECK(std::get<Line>(report.blocks.back()).cell.text.starts_with("one task"));
}
