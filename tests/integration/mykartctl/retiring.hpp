#pragma once
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "support/fake_worker.hpp"
#include "support/folder.hpp"
#include "support/oracle.hpp"
#include "support/sandbox.hpp"
#include "support/tool.hpp"
#include "value/value.hpp"

/// A project whose deploy moves one table, public.ev, and retires it to the schema old.
class Retiring {
 public:
  explicit Retiring(int rows = 300, const std::string& config = "cleanup.policy: delete") {
    database_.run(
        fmt::format("create table ev (id bigserial primary key, n int, ts timestamp default now(), s text); "
                    "insert into ev (n, s) select i % 5, i::text from generate_series(1, {}) i",
                    rows));
    connect_.answers = {
        {"GET /", {{.body = fmt::format(R"({{"version":"4","commit":"c","kafka_cluster_id":"{}"}})", oracle::cluster_id())}}},
        {"GET /connector-plugins",
         {{.body = R"([{"class":"io.debezium.connector.postgresql.PostgresConnector","type":"source","version":"3"}])"}}},
        {"GET /connectors", {{.body = "[]"}}},
        {"GET /connectors?expand=info", {{.body = "{}"}}},
        {"GET /connectors?expand=status", {{.body = "{}"}}}};
    declare(topic_, config);
    folder_.file("mykartctl.yaml",
                 fmt::format("default_context: t\ncontexts:\n  t: {{brokers: '{}', database: '{}', connect_url: '{}', quiet_for: 200ms}}\n",
                             sandbox::brokers(), database_.url(), connect_.url()));
    folder_.file("sql/migrations/0001_retire.deploy.sql",
                 "-- phase: contract\n-- run-by: deploy\ncreate schema if not exists old;\nalter table public.ev set schema old;\n");
    folder_.file("sql/migrations/0001_retire.revert.sql", "alter table old.ev set schema public;\ndrop schema old;\n");
    folder_.file("sql/migrations/0001_retire.verify.sql",
                 "do $$ begin if to_regclass('old.ev') is null then raise exception 'no'; end if; end $$;\n");
  }
  ~Retiring() {
    for (const auto& topic : made_) try {
        oracle::remove_topic(topic);
      } catch (const std::exception&) {  // it was never made, or is gone
      }
  }
  Retiring(const Retiring&) = delete;
  Retiring& operator=(const Retiring&) = delete;

  void declare(const std::string& topic, const std::string& config = "cleanup.policy: delete") {
    topic_ = topic;
    made_.push_back(topic);
    folder_.file("topics.yaml", fmt::format("version: 1\nretired_schema: old\n"
                                            "defaults: {{partitions: 3, replication: 1, config: {{{}}}}}\n"
                                            "families:\n  x: {{pattern: '{}*', description: d, retention: -1}}\n"
                                            "topics:\n  {}:\n    description: d\n    owner: o\n    source:\n      table: public.ev\n"
                                            "      id: id\n      time: ts\n      time_zone: UTC\n      key: 'k-{{n}}'\n"
                                            "      fields: [n, ts, s]\n",
                                            config, prefix_, topic_));
  }
  [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
  [[nodiscard]] const sandbox::Database& database() const noexcept { return database_; }
  [[nodiscard]] process::Options options() const { return tool::clean(folder_.path()); }
  [[nodiscard]] process::Ended run(std::vector<std::string> arguments) const { return tool::run(std::move(arguments), options()); }
  [[nodiscard]] bool retired() const { return database_.value("select to_regclass('old.ev') is not null") == "t"; }
  /// Whatever writes although the table is fenced: a logical apply worker, a restored dump.
  /// Opens the fence for it, and leaves it as it was: nothing but the rows tells of it.
  [[nodiscard]] static std::string past_the_fence(const std::string& sql, const std::string& table = "ev") {
    return "alter table " + table + " disable trigger all; " + sql + "; alter table " + table +
           " enable always trigger mykartctl_fence; alter table " + table + " enable always trigger mykartctl_fence_row";
  }
  void write_past_the_fence(const std::string& sql, const std::string& table = "ev") const { database_.run(past_the_fence(sql, table)); }
  [[nodiscard]] bool exists() const {
    const auto names = run({"topics", "list", "-o", "name"}).out;
    return ("\n" + names).find("\n" + topic_ + "\n") != std::string::npos;
  }
  /// Takes the topic away and makes one of the same name, with these records.
  void refill(const std::vector<oracle::Record>& records) const {
    oracle::remove_topic(topic_);
    await_gone();
    oracle::create_topic(topic_, 3);
    if (!records.empty()) oracle::produce(topic_, records);
  }
  void await_gone() const {
    for (int i = 0; i < 100 && exists(); ++i) {}
  }

 private:
  std::string prefix_{sandbox::unique("seal")}, topic_{prefix_ + ".ev"};
  std::vector<std::string> made_{};
  sandbox::Database database_{"seal"};
  FakeWorker connect_{};  ///< without connectors: those of other tests are none of this project's
  Folder folder_{};
};
