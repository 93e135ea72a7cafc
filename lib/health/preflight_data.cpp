// What the event tables, their topics and their readers say before anything starts.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "health/event_rows.hpp"
#include "health/preflight.hpp"
#include "health/readers.hpp"
#include "model/step.hpp"
#include "plan/retention.hpp"
#include "postgres/catalog.hpp"
#include "sql/queries.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

void append_only(std::vector<Check>& into, const TableInfo& info) {
  const auto& sequence = info.sequence;
  Check check{
      .id = "append-only", .target = to_string(info.table), .found = fmt::format("{} updates, {} deletes", info.updates, info.deletes)};
  if (sequence) check.found += fmt::format(", sequence cache {}", sequence->cache);
  if (const auto found = sequence ? disorder(*sequence) : std::nullopt) {
    check.result = Result::fail;
    check.found += ", " + found->why;
    check.fix = found->remedy;
  } else if (info.updates + info.deletes > 0) {
    check.result = Result::warn;
    check.found += ": rows that change after they were copied are found by reconcile, not by the copy";
  }
  into.push_back(std::move(check));
}

void keyed(std::vector<Check>& into, const EventTable& declared, const TableInfo& info) {
  if (info.primary_key == std::vector<std::string>{declared.id_column}) return;
  into.push_back({.id = "key",
                  .target = to_string(info.table),
                  .result = Result::fail,
                  .found = "the primary key is not " + declared.id_column,
                  .fix = "declare its single integer key column as source.id in the manifest"});
}

void time_zone(std::vector<Check>& into, const EventTable& declared, const std::string& server, const std::optional<std::string>& unknown) {
  if (unknown) {
    into.push_back({.id = "time-zone",
                    .target = to_string(declared.table),
                    .result = Result::fail,
                    .found = declared.time_zone + " (manifest) is unknown to PostgreSQL: " + *unknown,
                    .fix = "correct source.time_zone"});
    return;
  }
  const auto utc = [](const std::string& zone) { return zone == "UTC" || zone == "Etc/UTC" || zone == "GMT"; };
  const bool same = declared.time_zone == server || (utc(declared.time_zone) && utc(server));
  into.push_back(
      {.id = "time-zone",
       .target = to_string(declared.table),
       .result = same ? Result::ok : Result::warn,
       .found = fmt::format("{} (manifest) {} {} (server)", declared.time_zone, same ? "=" : "is not", server),
       .fix = same ? "" : "columns without a zone are read as " + declared.time_zone + ": correct source.time_zone if that is wrong"});
}

void retention(std::vector<Check>& into, Sources& from, const EventTable& declared, const TableInfo& info, const Deadline& until) {
  const auto* spec = from.around.project.topic(declared.topic);
  const auto rows = from.database().query(
      sql::oldest_event,
      postgres::Names{
          {"schema", info.table.schema}, {"table", info.table.name}, {"id", declared.id_column}, {"time", declared.time_column}},
      until);
  const auto oldest = rows.size() == 0 ? std::nullopt : rows.at(0, "oldest");  // an empty table has none
  if (spec == nullptr || !oldest) return;
  const auto at = parse_instant(*oldest);
  auto config = spec->config;  // what is declared, and for what is not, what is in effect
  const auto live = from.kafka.describe(std::array{declared.topic}, until).at(declared.topic);
  if (live)
    for (auto& [key, value] : plan::effective(*live)) config.emplace(key, value);
  else if (live.error().code() != Code::not_found)
    throw Error{live.error()};
  const auto configured = config.find("retention.ms");
  const auto ms = configured == config.end() ? std::nullopt : parse_integer(configured->second);
  Check check{.id = "retention", .target = declared.topic};
  check.found = fmt::format("oldest event {}, retention {}", oldest->substr(0, 10),
                            !ms       ? "the broker's"
                            : *ms < 0 ? "unlimited"
                                      : format_duration(std::chrono::milliseconds{*ms}));
  if (at && ms && *ms >= 0 && now() - *at > std::chrono::milliseconds{*ms}) {
    check.result = Result::warn;
    check.found += ": deploy holds retention open until finalize";
  }
  if (const auto others = plan::removers(config); !others.empty()) {
    check.result = Result::warn;
    check.found += ", " + join(others, ", ") + ": deploy keeps every record until finalize";
  }
  into.push_back(std::move(check));
}

/// Who will meet the events of a table that is to be moved, as far as it is not moved yet.
void read_by(std::vector<Check>& into, Sources& from, const EventTable& declared, const TableInfo& info,
             const std::vector<std::string>& groups, const Deadline& until) {
  const auto left = transfer::unmoved(from.database(), from.around.kafka, declared, info, from.around.listener, until);
  if (left.conflict) {
    into.push_back({.id = "checkpoint",
                    .target = to_string(declared.table),
                    .result = Result::fail,
                    .found = left.conflict->what(),
                    .fix = left.conflict->text().hint});
    return;
  }
  if (left.last_id && left.rows == 0) {
    into.push_back({.id = "old-events", .target = declared.topic, .found = "all of them are in the topic"});
    return;
  }
  Check check{
      .id = "old-events",
      .target = declared.topic,
      .found = fmt::format("~{} rows, {}, about {}", format_count(left.rows), format_bytes(left.bytes), format_took(move_time(left.rows)))};
  if (groups.empty()) {
    check.found += "; no group reads the topic";
  } else {
    check.result = Result::warn;
    check.found += fmt::format("; will be read by {} {}", groups.size() == 1 ? "group" : "groups", join(groups, ", "));
    check.fix = "let them skip events whose " + declared.id_field + " begins with pg:, or reset them to the end after the backfill";
  }
  into.push_back(std::move(check));
}

/// A table with all that is read with it: can each part be followed and fenced, and does it go where the table goes?
void parts(std::vector<Check>& into, const Project& project, const Located& located) {
  const auto name = to_string(located.info.table);
  const auto foreign = std::find_if(located.parts.begin(), located.parts.end(), [](const auto& part) { return !part.may_alter; });
  Check check{.id = "parts", .target = name, .found = counted(located.parts.size() - 1, "part")};
  if (const auto found = postgres::disorder(located.parts)) {
    check.result = Result::fail;
    check.found = found->why;
    check.fix = found->remedy;
  } else if (foreign != located.parts.end()) {
    check.result = Result::fail;
    check.found = "this role does not own " + to_string(foreign->table) + ", and so cannot fence it";
    check.fix = "connect as its owner, or as a member of that role";
  }
  if (check.result != Result::ok || located.parts.size() > 1) into.push_back(std::move(check));
  if (const auto lacking = unmoved_parts(project, located); !lacking.empty())
    into.push_back({.id = "retire",
                    .target = name,
                    .result = Result::fail,
                    .found = "it is moved without all of its partitions",
                    .fix = "add to " + join(lacking, "; to ")});
}

/// Before the fence, nobody can be said to be gone without it.
void sight(std::vector<Check>& into, Sources& from, const Deadline& until) {
  const auto grant = postgres::sight_that_lacks(from.database(), until);
  if (grant.empty()) return;
  into.push_back({.id = "writers",
                  .target = "postgres",
                  .result = Result::fail,
                  .found = "this role may not see what other roles' sessions do",
                  .fix = grant});
}

void dependents(std::vector<Check>& into, const Project& project, const TableInfo& info) {
  for (const auto& dependent : info.dependents) {
    const bool known = accounted_for(project, dependent);
    into.push_back(
        {.id = "dependents",
         .target = to_string(info.table),
         .result = known ? Result::ok : Result::fail,
         .found = fmt::format("{} {} ({})", dependent.kind, dependent.name, known ? "accounted for" : "no contract migration names it"),
         .fix = known ? "" : "move it along in the contract migration, or drop it"});
  }
}

}  // namespace

void check_data(std::vector<Check>& into, Sources& from, std::string_view direction, const Deadline& until) {
  const auto zone = postgres::server(from.database(), until).time_zone;
  std::optional<std::map<std::string, std::vector<std::string>>> groups;  // of none it is said that nobody reads it before that is known
  const bool deploying = direction == "deploy";
  if (deploying && !from.around.project.tables.empty()) sight(into, from, until);
  if (deploying)
    ask(into, "old-events", "consumer groups", [&] { groups = readers(from.kafka, event_topics(from.around.project), until); });
  for (const auto& declared : from.around.project.tables)
    ask(into, "table", to_string(declared.table), [&] {
      const auto located = locate(from.around.project, declared, from.database(), until);
      if (const auto kind = located ? std::nullopt : other_kind(from.database(), declared, until)) {
        into.push_back({.id = "table",
                        .target = to_string(declared.table),
                        .result = Result::fail,
                        .found = no_source(declared, *kind),
                        .fix = std::string{name_a_table}});
        return;
      }
      if (!located) {
        into.push_back({.id = "table",
                        .target = to_string(declared.table),
                        .result = deploying ? Result::warn : Result::fail,
                        .found = "not there",
                        .fix = deploying ? "a migration makes it" : "the retired tables were dropped: a rollback cannot bring them back"});
        return;
      }
      if (located->retired) {
        into.push_back({.id = "table", .target = to_string(declared.table), .found = "retired to " + located->info.table.schema});
        return;
      }
      if (!deploying) return;
      keyed(into, declared, located->info);
      parts(into, from.around.project, *located);
      append_only(into, located->info);
      time_zone(into, declared, zone, postgres::unknown_time_zone(from.database(), declared.time_zone, until));
      if (groups)
        ask(into, "old-events", declared.topic, [&] { read_by(into, from, declared, located->info, (*groups)[declared.topic], until); });
      ask(into, "retention", declared.topic, [&] { retention(into, from, declared, located->info, until); });
      dependents(into, from.around.project, located->info);
    });
}

}  // namespace ctl::health
