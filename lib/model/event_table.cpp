#include "model/event_table.hpp"

namespace ctl {

std::string journal_name(const EventTable& table) {
  return to_string(TableName{table.declared_schema.empty() ? table.table.schema : table.declared_schema, table.table.name});
}

std::optional<Disorder> disorder(const Sequence& sequence) {
  const auto alter = "alter sequence " + sequence.name;
  if (sequence.cache > 1)
    return Disorder{sequence.name + " hands out ids in blocks of " + std::to_string(sequence.cache), alter + " cache 1"};
  if (sequence.step < 0)
    return Disorder{sequence.name + " hands out descending ids",
                    alter + " increment 1, restarted above the highest id, with bounds to match"};
  if (sequence.step != 1)
    return Disorder{sequence.name + " counts by " + std::to_string(sequence.step) +
                        ": whoever takes so many ids at once may use them later than others take higher ones",
                    "let the application take one id at a time, then " + alter + " increment 1"};
  if (sequence.cycles) return Disorder{sequence.name + " begins anew at its end", alter + " no cycle"};
  return std::nullopt;
}

}  // namespace ctl
