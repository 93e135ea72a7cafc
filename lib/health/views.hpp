#pragma once
#include <optional>

#include "health/sources.hpp"
#include "value/report.hpp"

/// Views of the journal and the schema, as commands print them.
namespace ctl::health {

struct HistoryQuery {
  std::optional<std::int64_t> run{};  ///< the steps of this run; none: the list of runs
  std::optional<Millis> since{};
  int limit{20};
  bool failed{};  ///< only runs that did not end done or waiting
};
[[nodiscard]] Report history(Sources&, const HistoryQuery&, const Deadline&);

/// Migrations with their state (applied adopted pending changed reverted), and tables with their role (core source retired tool other).
[[nodiscard]] Report schema_status(Sources&, const Deadline&);

}  // namespace ctl::health
