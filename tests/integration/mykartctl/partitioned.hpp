#pragma once
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>

#include "project.hpp"

/// A shop whose event table has partitions of two depths and refers to another table, with a migration that retires it. `deploy` finds no
/// writers within 300 ms.
class Partitioned : public Project {
 public:
  static constexpr auto* source = "source: {table: public.ev, id: id, time: ts, time_zone: UTC, key: 'k-{n}', fields: [n, ts]}";
  static constexpr auto* tables =
      "create table ref (n int primary key); insert into ref select generate_series(0, 9);"
      "create table ev (id bigserial primary key, n int references ref on delete cascade, ts timestamp default now()) partition by range "
      "(id);"
      "create table ev_1 partition of ev for values from (1) to (1000);"
      "create table ev_2 partition of ev for values from (1000) to (3000) partition by range (id);"
      "create table ev_2a partition of ev_2 for values from (1000) to (2000);"
      "insert into ev (n) select i % 5 from generate_series(1, 50) i; insert into ev (id, n) values (1500, 1);"
      "select setval('ev_id_seq', 1600)";
  static constexpr const char* moves[] = {"ev", "ev_1", "ev_2", "ev_2a"};

  Partitioned() {
    write("7d", 3, ", quiet_for: 300ms", std::string{", "} + source);
    database().run(tables);
    retire_by(moving("public", "retired"), moving("retired", "public"));
  }
  /// `alter table … set schema` for each of the parts.
  [[nodiscard]] static std::string moving(const std::string& from, const std::string& to) {
    std::string script = "create schema if not exists retired;\n";
    for (const auto* part : moves) script += "alter table " + from + "." + part + " set schema " + to + ";\n";
    return script;
  }
  /// The same of whatever partitions there are.
  [[nodiscard]] static std::string walking(const std::string& from, const std::string& to, const std::string& among = "true") {
    return "create schema if not exists retired; do $$ declare part regclass; begin for part in select relid from pg_partition_tree('" +
           from + ".ev') where " + among + " loop execute format('alter table %s set schema " + to + "', part); end loop; end $$;";
  }
  void retire_by(const std::string& deploy, const std::string& revert) const {
    file("0001_retire.deploy.sql", "-- phase: contract\n-- run-by: deploy\n" + deploy);
    file("0001_retire.revert.sql", revert);
  }
  [[nodiscard]] process::Ended deploy(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"deploy", "--yes", "--writers-gone"});
    return run(std::move(more));
  }
  /// "" if the statements were carried out, else the server's words. As one transaction that is rolled back.
  [[nodiscard]] std::string refused(const std::string& statements) const {
    pqxx::connection session{database().url()};
    return refused(session, statements);
  }
  /// Which of the writes that must not pass does pass; "": none.
  [[nodiscard]] std::string passing(const std::string& schema = "public") const {
    std::string passed;
    pqxx::connection session{database().url()};
    for (const std::string role : {"origin", "replica"})
      for (auto write : writes) {
        for (auto at = write.find("S."); at != std::string::npos; at = write.find("S.")) write.replace(at, 1, schema);
        const auto words = refused(session, "set local session_replication_role = " + role + "; " + write);
        if (words.find("is fenced: its events go to a topic now") == std::string::npos)
          passed += fmt::format("{} as {}: {}\n", write, role, words.empty() ? "passed" : words);
      }
    return passed;
  }
  [[nodiscard]] std::string schemas() const {
    return database().value(
        "select string_agg(relnamespace::regnamespace || '.' || relname, ' ' order by relname) from pg_class "
        "where relname in ('ev', 'ev_1', 'ev_2', 'ev_2a') and relkind in ('r', 'p')");
  }

  std::vector<std::string> writes{
      "insert into S.ev (n) values (1)",
      "insert into S.ev_1 (id, n) values (777, 1)",
      "insert into S.ev_2 (id, n) values (1777, 1)",
      "insert into S.ev_2a (id, n) values (1777, 1)",
      "update S.ev set n = 2 where id = 1500",
      "update S.ev_1 set n = 2 where id = 1",
      "update S.ev_2a set n = 2",
      "delete from S.ev where id = 1",
      "delete from S.ev_2 where id = 1500",
      "merge into S.ev_1 using (values (1)) as v(id) on ev_1.id = v.id when matched then delete",
      "truncate S.ev",
      "truncate S.ev_1",
      "truncate S.ev_2",
      "truncate S.ev_2a",
      "copy S.ev (n) from program 'echo 1'",
      "copy S.ev_2a (id, n) from program 'printf \"1778\\t1\\n\"'",
      "with gone as (delete from S.ev_1 where id < 10 returning *) select count(*) from gone",
  };

 private:
  [[nodiscard]] static std::string refused(pqxx::connection& session, const std::string& statements) {
    pqxx::work work{session};
    try {
      work.exec(statements);
    } catch (const pqxx::sql_error& e) { return e.what(); }
    return {};
  }
  void file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(path("sql/migrations"));
    std::ofstream{path("sql/migrations/" + name), std::ios::binary} << text;
  }
};
