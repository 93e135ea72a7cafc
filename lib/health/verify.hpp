#pragma once
#include "health/checks.hpp"

namespace ctl::health {

/// What the questions of verify are asked with.
struct Question {
  Sources& from;
  bool deployed{};  ///< else rolled back
  bool deep{};
  const Deadline& until;
  std::vector<Check>& into;
  Value& more;  ///< further keys of the JSON answer: reconcile, ledger, dead_letters
};

void ask_core_unchanged(const Question&);
void ask_schema(const Question&);  ///< only the expected tables, dependents
void ask_leftovers(const Question&);
void ask_topics(const Question&);  ///< declared without drift
void ask_events_arrive(const Question&);
void ask_partition_parity(const Question&);
void ask_retention(const Question&);
void ask_rows_in_topics(const Question&);
void ask_ledger(const Question&);
void ask_connectors(const Question&);  ///< healthy, captured tables, WAL

}  // namespace ctl::health
