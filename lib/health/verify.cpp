#include "health/verify.hpp"

namespace ctl::health {

Checks verify(Sources& from, std::string expect, bool deep, const Deadline& until) {
  const auto last = from.journal().last_migration(until);
  if (expect.empty()) {
    if (!last)
      throw Error{Code::refused,
                  {.what = "no deploy or rollback is in the journal of this database",
                   .where = from.around.database.origin,
                   .hint = "mykartctl deploy, or mykartctl verify --expect deployed"}};
    expect = last->direction == "rollback" ? "rolled-back" : "deployed";
  }
  Checks checks{.kind = "verify", .expect = expect};
  checks.more.set("deep", deep).set("run", last ? Value{last->id} : Value{});
  const Question q{from, expect == "deployed", deep, until, checks.all, checks.more};
  constexpr std::pair<const char*, void (*)(const Question&)> questions[] = {
      {"core-unchanged", ask_core_unchanged},
      {"tables", ask_schema},
      {"topics", ask_topics},
      {"events-arrive", ask_events_arrive},
      {"rows-in-topics", ask_rows_in_topics},
      {"partition-parity", ask_partition_parity},
      {"connector", ask_connectors},
      {"retention", ask_retention},
      {"leftovers", ask_leftovers},
      {"ledger", ask_ledger},
  };
  for (const auto& [id, question] : questions) {
    until.check("verifying");
    ask(checks.all, id, "", [&, ask_it = question] { ask_it(q); });
  }
  return checks;
}

}  // namespace ctl::health
