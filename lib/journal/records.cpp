// What the journal knows beside runs and steps: holds, migrations, proofs, and what the core tables held.
#include "core/error.hpp"
#include "journal/columns.hpp"
#include "journal/journal.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

/// {"0":17,"1":4}: the offsets up to which each partition was read.
std::string to_json_text(const std::map<int, std::int64_t>& ends) {
  Value map{Value::Map{}};
  for (const auto& [partition, end] : ends) map.set(std::to_string(partition), end);
  return to_json(map);
}
std::map<int, std::int64_t> ends_of(const std::string& json) {
  std::map<int, std::int64_t> ends;
  const auto map = parse_json(json, "mykartctl.seal");
  for (const auto& member : *map.map()) ends[static_cast<int>(parse_integer(member.key).value_or(0))] = *member.value.integer();
  return ends;
}

std::uint64_t count(const postgres::Rows& rows, std::size_t row, std::string_view column) {
  return static_cast<std::uint64_t>(rows.integer(row, column));
}

}  // namespace

std::vector<HeldConfig> Journal::holds(const Deadline& until) {
  const auto rows = read(sql::journal_holds, {}, until);
  std::vector<HeldConfig> held;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) {
    auto& one = held.emplace_back(HeldConfig{
        .topic = rows->text(i, "topic"), .key = rows->text(i, "key"), .value = rows->text(i, "value"), .run = rows->integer(i, "run")});
    if (rows->at(i, "was")) one.was = rows->text(i, "was");
  }
  return held;
}
void Journal::hold(const HeldConfig& h, const Deadline& until) {
  connection_.query(sql::journal_hold,
                    postgres::Names{{"topic", h.topic}, {"key", h.key}, {"value", h.value}, {"was", h.was}, {"run", std::to_string(h.run)}},
                    until);
}
void Journal::release(std::string_view topic, std::string_view key, const Deadline& until) {
  connection_.query(sql::journal_release, postgres::Names{{"topic", std::string{topic}}, {"key", std::string{key}}}, until);
}

std::map<std::string, MigrationState> Journal::migrations(const Deadline& until) {
  const auto rows = read(sql::journal_migrations, {}, until);
  std::map<std::string, MigrationState> all;
  for (std::size_t i = 0; rows && i < rows->size(); ++i)
    all[rows->text(i, "id")] = {.id = rows->text(i, "id"),
                                .digest = rows->text(i, "digest"),
                                .state = rows->text(i, "state"),
                                .by = rows->text(i, "by"),
                                .at = instant(*rows, i, "at_ms")};
  return all;
}
void Journal::record(const MigrationState& m, std::int64_t run, const Deadline& until) {
  const postgres::Names names{{"id", m.id}, {"digest", m.digest},         {"state", m.state},
                              {"by", m.by}, {"run", std::to_string(run)}, {"at_ms", std::to_string(m.at.time_since_epoch().count())}};
  connection_.query(sql::journal_record, names, until);
}

std::vector<Seal> Journal::seals(const Deadline& until) {
  const auto rows = read(sql::journal_seals, {}, until);
  std::vector<Seal> all;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) {
    auto& seal = all.emplace_back(Seal{.table = rows->text(i, "table_name"),
                                       .topic = rows->text(i, "topic"),
                                       .direction = rows->text(i, "direction"),
                                       .digest = rows->text(i, "digest"),
                                       .rows = count(*rows, i, "rows"),
                                       .events = count(*rows, i, "events"),
                                       .ends = ends_of(rows->text(i, "ends")),
                                       .at = instant(*rows, i, "at_ms"),
                                       .run = rows->integer(i, "run"),
                                       .facts = seal_facts_from(rows->text(i, "facts"))});
    if (rows->at(i, "last_id")) seal.last_id = rows->integer(i, "last_id");
  }
  return all;
}
void Journal::seal(const Seal& s, const Deadline& until) {
  const postgres::Names names{{"table", s.table},
                              {"direction", s.direction},
                              {"topic", s.topic},
                              {"digest", s.digest},
                              {"rows", std::to_string(s.rows)},
                              {"events", std::to_string(s.events)},
                              {"last_id", s.last_id ? std::optional{std::to_string(*s.last_id)} : std::nullopt},
                              {"ends", to_json_text(s.ends)},
                              {"run", std::to_string(s.run)},
                              {"facts", s.facts ? std::optional{to_json_text(*s.facts)} : std::nullopt}};
  connection_.query(sql::journal_seal, names, until);
}
void Journal::unseal(std::string_view table, std::string_view direction, const Deadline& until) {
  connection_.query(sql::journal_unseal, postgres::Names{{"table", std::string{table}}, {"direction", std::string{direction}}}, until);
}

std::vector<CoreState> Journal::core(const Deadline& until) {
  const auto rows = read(sql::journal_core, {}, until);
  std::vector<CoreState> all;
  for (std::size_t i = 0; rows && i < rows->size(); ++i)
    all.push_back({.table = rows->text(i, "table_name"),
                   .digest = rows->text(i, "digest"),
                   .rows = count(*rows, i, "rows"),
                   .max_id = rows->text(i, "max_id"),
                   .run = rows->integer(i, "run"),
                   .at = instant(*rows, i, "at_ms")});
  return all;
}
void Journal::record_core(const CoreState& c, const Deadline& until) {
  const postgres::Names names{
      {"run", std::to_string(c.run)}, {"table", c.table}, {"rows", std::to_string(c.rows)}, {"max_id", c.max_id}, {"digest", c.digest}};
  connection_.query(sql::journal_record_core, names, until);
}

}  // namespace ctl
