#pragma once
#include <unistd.h>

#include <catch2/catch.hpp>

#include "apply/connectors.hpp"
#include "apply/work.hpp"
#include "core/error.hpp"
#include "support/connector_file.hpp"
#include "support/oracle.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

/// A database with three tables and the shipped connector file pointed at it: slot, publication, role and topics of its own. All of it, the
/// connector included, is gone at the end.
struct Shop {
  sandbox::Database database{"cdc"};
  std::string name{sandbox::unique("shop")};
  std::string role{name + "_cdc"};
  Quiet quiet{};
  ctl::Project project{};
  ctl::Deadline until{std::chrono::seconds{100}, {}};

  Shop() {
    database.run(
        "create table orders (order_id serial primary key, total numeric(10,2) not null default 1.10);"
        "create table items (item_id serial primary key, name text);"
        "create table clicks (click_id serial primary key, at timestamp default now());"
        "insert into orders default values; insert into items (name) values ('a');");
    auto file = read_connector("connectors/mykart-postgres-connector.json");
    file.name = name;
    file.config["slot.name"] = file.config["topic.prefix"] = name;
    file.config["publication.name"] = name + "_pub";
    file.config["database.user"] = role;
    file.config["heartbeat.interval.ms"] = "500";
    project.connectors = {file};
    capture("public.orders,public.items");
  }
  ~Shop() {
    try {
      ctl::connect::Worker worker{{.base = sandbox::connect_url()}, quiet};
      ctl::connect::Admin admin{worker};
      const ctl::Deadline enough{std::chrono::seconds{20}, {}};
      if (worker.find(name, enough)) {
        admin.stop(name, enough);
        admin.reset_offsets(name, enough);
        admin.remove(name, enough);
      }
      database.run("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '" + name + "'");
      if (!database.value("select 1 from pg_roles where rolname = '" + role + "'").empty())
        database.run("drop owned by " + role + "; drop role " + role);
      for (const auto& topic : topics()) oracle::remove_topic(topic);
    } catch (const std::exception& e) { WARN("cleaning up: " << e.what()); }
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  ctl::ConnectorSpec& file() { return project.connectors.front(); }
  void capture(const std::string& tables) { file().config["table.include.list"] = tables; }
  [[nodiscard]] std::string topic(const std::string& table) const { return name + "." + table; }
  [[nodiscard]] std::vector<std::string> topics() const {
    std::vector<std::string> mine;
    ctl::kafka::Cluster cluster{{.brokers = sandbox::brokers()}, const_cast<Quiet&>(quiet)};
    for (const auto& topic : cluster.topics(until))
      if (topic.find(name) != std::string::npos) mine.push_back(topic);
    return mine;
  }

  [[nodiscard]] ctl::Surroundings around() {
    ctl::Surroundings here{.project = project,
                           .database = {.conninfo = database.url(), .application_name = "mykartctl test"},
                           .kafka = {.brokers = sandbox::brokers()},
                           .connect = {.base = sandbox::connect_url(), .origin = "test"},
                           .listener = quiet};
    here.context = name;
    here.environment = {{"DBZ_PASSWORD", "dbz-sandbox"}};
    here.pid = ::getpid();
    return here;
  }
  /// As `connector apply` does it: plan, then run the plan.
  ctl::Plan plan() {
    const auto here = around();
    return ctl::Work{here, "connector", ctl::Desk::Direction::none, {{"", {ctl::Kind::connector, name}}}, {}, until}.plan(until);
  }
  ctl::WorkResult apply() {
    const auto here = around();
    ctl::Work work{here, "connector", ctl::Desk::Direction::none, {{"", {ctl::Kind::connector, name}}}, {}, until};
    return work.run(work.plan(until), until);
  }
  ctl::health::ConnectorJudgement status() {
    const auto here = around();
    ctl::Sources from{here, until};
    const auto all = ctl::health::look_at_connectors(from, {}, {.polls = 2, .between = std::chrono::milliseconds{1100}}, until);
    return ctl::health::judge(all.connectors.at(0));
  }

  /// The `field` of "after" in the table's topic, in order.
  [[nodiscard]] std::vector<std::int64_t> arrived(const std::string& table, const std::string& field) const {
    std::vector<std::int64_t> ids;
    for (const auto& record : oracle::read(topic(table))) {
      const auto event = ctl::parse_json(record.value.value_or("{}"), "event");
      if (const auto* after = event.find("after"); after != nullptr && after->map() != nullptr) ids.push_back(after->integer_or(field, 0));
    }
    return ids;
  }
  /// Waits until every row of the table has arrived exactly once; "" or what is missing or doubled.
  [[nodiscard]] std::string all_arrived(const std::string& table, const std::string& field) const {
    const auto wanted = oracle::ids(database.url(), "select " + field + " from " + table + " order by 1");
    std::vector<std::int64_t> seen;
    for (int tries = 0; tries < 60; ++tries) {
      seen = arrived(table, field);
      std::sort(seen.begin(), seen.end());
      if (seen == wanted) return {};
      until.sleep(std::chrono::milliseconds{250});
    }
    return std::to_string(wanted.size()) + " rows, " + std::to_string(seen.size()) + " events";
  }
};
