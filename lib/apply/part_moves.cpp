#include "apply/part_moves.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

constexpr auto longest_rehearsal = "5s";  // for each statement: tables are locked meanwhile
constexpr std::size_t statements_shown = 5;

bool is_locked(const Error& e) { return e.sqlstate() == "55P03"; }
bool took_too_long(const Error& e) { return e.sqlstate() == "57014"; }

/// The contract migrations of deploy that are yet to come, in order.
std::vector<const Migration*> retirements(const Desk& desk, const Deadline& until) {
  const auto states = desk.journal().migrations(until);
  std::vector<const Migration*> found;
  for (const auto& m : desk.around.project.migrations) {
    const auto state = states.find(m.id);
    const bool applied = state != states.end() && state->second.state != "reverted";
    if (m.phase == Migration::Phase::contract && m.run_by == Migration::RunBy::deploy && m.transactional && !applied) found.push_back(&m);
  }
  return found;
}

void rehearse(const Desk& desk, const std::string& script, const std::string& file, const Deadline& until) {
  const auto before = places(desk, until);
  const auto ran = attempt([&] {
    desk.database().script(script, file, until);
    need_moved_together(before, places(desk, before, until), file);
  });
  if (ran) return;
  if (ran.error().sqlstate().empty() && ran.error().code() != Code::refused) throw Error{ran.error()};  // no answer is no verdict
  if (is_locked(ran.error()) || took_too_long(ran.error())) throw Error{ran.error()};
  throw Error{Code::refused,
              {.what = file + " fails: it was tried before the fence, and rolled back",
               .cause = health::one_line(ran.error()),
               .hint = ran.error().text().hint.empty() ? "correct " + file : ran.error().text().hint}};
}

void rehearse_all(const Desk& desk, const std::vector<const Migration*>& migrations, const Deadline& until) {
  const postgres::Transaction rolled_back{desk.database(), until};
  desk.database().query(fmt::format("set local statement_timeout = '{}'", longest_rehearsal), until);
  desk.database().query("set local client_min_messages = warning", until);  // its notices are not about what is done
  const auto before = places(desk, until);
  for (const auto* m : migrations) {
    rehearse(desk, m->deploy, m->deploy_file, until);
    if (!m->verify.empty()) rehearse(desk, m->verify, m->verify_file, until);
  }
  for (auto m = migrations.rbegin(); m != migrations.rend(); ++m) {
    if ((*m)->revert.empty()) return;  // no way back was promised
    rehearse(desk, (*m)->revert, (*m)->revert_file, until);
  }
  const auto after = places(desk, before, until);
  for (std::size_t t = 0; t < before.size(); ++t)
    for (std::size_t p = 0; p < before[t].parts.size(); ++p) {
      const auto& was = before[t].parts[p].table;
      const auto& is = after[t].parts[p].table;
      if (was == is) continue;
      throw Error{Code::refused,
                  {.what = fmt::format("{} does not bring {} back: it was tried before the fence, and rolled back",
                                       migrations.front()->revert_file, to_string(was)),
                   .cause = is.name.empty() ? "it is nowhere" : "it ends as " + to_string(is),
                   .hint = "correct " + migrations.front()->revert_file}};
    }
}

}  // namespace

std::vector<PlacedTable> places(const Desk& desk, const Deadline& until) {
  std::vector<PlacedTable> all;
  for (const auto& declared : desk.around.project.tables) {
    const auto located = locate(desk, declared, until);
    if (!located) continue;
    auto& table = all.emplace_back();
    for (const auto& part : located->parts)
      if (part.link != postgres::Part::Link::apart) table.parts.push_back({part.oid, part.table});
  }
  return all;
}

std::vector<PlacedTable> places(const Desk& desk, const std::vector<PlacedTable>& before, const Deadline& until) {
  auto now = before;
  for (auto& table : now) {
    std::vector<std::string> oids;
    for (const auto& part : table.parts) oids.push_back(part.oid);
    const auto rows = desk.database().query(sql::table_places, postgres::Names{{"oids", "{" + join(oids, ",") + "}"}}, until);
    std::map<std::string, TableName> found;
    for (std::size_t i = 0; i < rows.size(); ++i) found[rows.text(i, "oid")] = {rows.text(i, "schema"), rows.text(i, "name")};
    for (auto& part : table.parts) part.table = found[part.oid];
  }
  return now;
}

void need_moved_together(const std::vector<PlacedTable>& before, const std::vector<PlacedTable>& after, const std::string& file) {
  std::vector<std::string> left, statements;
  for (std::size_t t = 0; t < before.size(); ++t) {
    const auto& from = before[t].parts.front().table.schema;
    const auto& to = after[t].parts.front().table.schema;
    if (to == from || to.empty()) continue;
    for (const auto& part : after[t].parts) {
      if (part.table.schema != from) continue;
      left.push_back(to_string(part.table));
      statements.push_back(
          fmt::format("alter table {} set schema {};", postgres::quote_identifier(part.table), postgres::quote_identifier(to)));
    }
  }
  if (left.empty()) return;
  if (statements.size() > statements_shown) {
    statements.resize(statements_shown);
    statements.emplace_back("and so on");
  }
  throw Error{Code::refused,
              {.what = fmt::format("{} moves tables and leaves {} behind: {}", file, counted(left.size(), "part"), join(left, ", ")),
               .hint = "add to it: " + join(statements, " ")}};
}

void rehearse_retirement(const Desk& desk, const Deadline& until) {
  const auto migrations = retirements(desk, until);
  if (migrations.empty()) return;
  desk.database().query("set lock_timeout = '500ms'", until);
  const auto tried = attempt([&] {  // a few times only: a long reader of a table holds up its other readers meanwhile
    retry(until.within(std::chrono::seconds{5}), Backoff{}, desk.around.listener, is_locked,
          [&] { rehearse_all(desk, migrations, until); });
  });
  if (tried) return;
  until.check("trying what retires the tables");
  if (!is_locked(tried.error()) && !took_too_long(tried.error())) throw Error{tried.error()};
  desk.around.listener.note(Listener::Level::warn,
                            "what retires the tables could not be tried before the fence: " + health::one_line(tried.error()));
}

}  // namespace ctl
