// verify: what is in PostgreSQL.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "health/verify.hpp"
#include "postgres/catalog.hpp"
#include "sql/queries.hpp"

namespace ctl::health {
namespace {

/// What hangs on a table in another schema than its own (a publication is in none), and parts of it that did not go or come along.
void stay_behind(std::vector<std::string>& stray, const EventTable& declared, const Located& located, const std::string& retired_schema) {
  for (const auto& dependent : located.info.dependents)
    if (dependent.kind != "publication" && table_name(dependent.name).schema != located.info.table.schema)
      stray.push_back(dependent.kind + " " + dependent.name);
  const auto& left = located.retired ? declared.table.schema : retired_schema;
  for (const auto& part : located.parts)
    if (part.link != postgres::Part::Link::apart && part.table.schema == left) stray.push_back("part " + to_string(part.table));
}

std::string_view state_word(bool deployed) { return deployed ? "retired" : "restored"; }

}  // namespace

void ask_core_unchanged(const Question& q) {
  const auto recorded = q.from.journal().core(q.until);
  for (const auto& table : q.from.around.project.core_tables()) {
    Check check{.id = "core-unchanged", .target = to_string(table)};
    const auto before = std::find_if(recorded.begin(), recorded.end(), [&](const CoreState& c) { return c.table == check.target; });
    if (!postgres::table(q.from.database(), table, q.until)) {
      check.result = Result::fail;
      check.expected = "present";
      check.found = "not there";
    } else if (before == recorded.end()) {
      check.result = Result::warn;
      check.found = "present; not recorded before the migration";
    } else {
      const auto now = postgres::content(q.from.database(), table, before->max_id, q.until);
      check.expected = fmt::format("{} rows, digest {}", format_count(before->rows), before->digest.substr(0, 8));
      check.found = fmt::format("{} rows, digest {}", format_count(now.rows), now.digest.substr(0, 8));
      if (now.rows != before->rows)
        check.result = Result::fail;
      else if (now.digest != before->digest)
        check.result = Result::warn, check.found += ": rows were updated since (the tool's own steps prove that they did not)";
    }
    q.into.push_back(std::move(check));
  }
}

void ask_schema(const Question& q) {
  std::set<std::string> schemas;
  std::set<TableName> expected;
  for (const auto& table : q.from.around.project.core_tables()) expected.insert(table), schemas.insert(table.schema);
  for (const auto& table : q.from.around.project.tables) {
    schemas.insert(table.table.schema);
    if (!q.deployed) expected.insert(table.table);
  }
  std::vector<std::string> missing, extra;
  std::set<TableName> found;
  for (const auto& schema : schemas)
    for (auto& table : postgres::tables(q.from.database(), schema, q.until)) found.insert(std::move(table));
  for (const auto& table : expected)
    if (!found.contains(table)) missing.push_back(to_string(table));
  for (const auto& table : found)
    if (!expected.contains(table)) extra.push_back(to_string(table));
  Check check{.id = "tables",
              .target = join(std::vector<std::string>(schemas.begin(), schemas.end()), ","),
              .found = fmt::format("{} tables", found.size()),
              .expected = fmt::format("{} tables", expected.size())};
  const auto is_event_table = [&](const std::string& name) {
    return std::any_of(q.from.around.project.tables.begin(), q.from.around.project.tables.end(),
                       [&](const EventTable& t) { return to_string(t.table) == name; });
  };
  if (!missing.empty()) check.result = Result::fail, check.found += "; missing " + join(missing, ", ");
  if (!extra.empty()) {
    check.found += "; also " + join(extra, ", ");
    const bool ours = std::any_of(extra.begin(), extra.end(), is_event_table);
    check.result = std::max(check.result, ours ? Result::fail : Result::warn);
    if (ours) check.fix = "mykartctl deploy";
  }
  q.into.push_back(std::move(check));

  std::vector<std::string> stray;
  for (const auto& declared : q.from.around.project.tables)
    if (const auto located = locate(q.from.around.project, declared, q.from.database(), q.until); located && located->retired == q.deployed)
      stay_behind(stray, declared, *located, q.from.around.project.retired_schema);
  q.into.push_back({.id = "dependents",
                    .target = "event tables",
                    .result = stray.empty() ? Result::ok : Result::fail,
                    .found = stray.empty() ? "none left behind" : join(stray, ", "),
                    .expected = fmt::format("{} with their tables", state_word(q.deployed)),
                    .fix = stray.empty() ? "" : "they show frozen rows: move or drop them"});
}

void ask_leftovers(const Question& q) {
  std::vector<std::string> left;
  for (const auto& declared : q.from.around.project.tables)
    if (const auto located = locate(q.from.around.project, declared, q.from.database(), q.until);
        located && postgres::any_fence(located->parts) && !located->retired)
      left.push_back("fence on " + to_string(located->info.table));
  for (const auto& entry : q.from.journal().in_doubt(q.until))
    left.push_back(fmt::format("run {} step {}/{} in doubt", entry.run, entry.kind, entry.name));
  q.into.push_back({.id = "leftovers",
                    .target = "",
                    .result = left.empty() ? Result::ok : Result::warn,
                    .found = left.empty() ? "none" : join(left, ", "),
                    .expected = "none",
                    .fix = left.empty() ? "" : "run the same command again: it looks and goes on"});
}

void ask_ledger(const Question& q) {
  Value ledger{Value::List{}}, dead, by_reason;
  std::uint64_t open = 0, accepted = 0, unbalanced = 0, lines = 0;
  by_reason = Value{Value::Map{}};
  if (q.from.database().query(sql::replay_known, q.until).at(0, "known")) {
    const auto rows = q.from.database().query(sql::ledger, q.until);
    const auto number = [&](std::size_t row, std::string_view column) {
      return parse_integer(rows.at(row, column).value_or("0")).value_or(0);
    };
    for (std::size_t i = 0; i < rows.size(); ++i, ++lines) {
      const bool balanced =
          number(i, "delivered") == number(i, "inserted") + number(i, "from_table") + number(i, "dead") + number(i, "filtered");
      if (!balanced) ++unbalanced;
      Value line;
      line.set("run", number(i, "run")).set("topic", rows.at(i, "topic").value_or("")).set("partition", number(i, "partition"));
      for (const auto* column : {"delivered", "inserted", "from_table", "dead", "filtered"}) line.set(column, number(i, column));
      ledger.push(line.set("balanced", balanced));
    }
    const auto letters = q.from.database().query(sql::dead_letter_counts, q.until);
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const auto n = static_cast<std::uint64_t>(parse_integer(letters.at(i, "letters").value_or("0")).value_or(0));
      if (letters.at(i, "state") == "open") open += n, by_reason.set(std::string{letters.at(i, "reason").value_or("")}, n);
      if (letters.at(i, "state") == "accepted") accepted += n;
    }
  }
  q.more.set("ledger", std::move(ledger))
      .set("dead_letters", dead.set("open", open).set("accepted", accepted).set("by_reason", std::move(by_reason)));
  q.into.push_back({.id = "ledger",
                    .target = "",
                    .result = unbalanced > 0 ? Result::fail
                              : open > 0     ? Result::warn
                                             : Result::ok,
                    .found = lines == 0 ? "nothing was replayed"
                                        : fmt::format("{} lines, {} not balanced, {} open dead letters", lines, unbalanced, open),
                    .expected = "balanced"});
}

}  // namespace ctl::health
