#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apply/data_handler.hpp"
#include "apply/desk.hpp"
#include "plan/order.hpp"

namespace ctl {

struct WorkOptions {
  bool operators_word{};  ///< --writers-gone
  bool wait{};            ///< keep looking while it waits for the application
  bool no_lock{};         ///< without PostgreSQL: no lock, no journal; for topics only
  bool retires{};         ///< set by Work: its order takes the tables away
  bool follow{};          ///< when everything is done, keep up with the writers until a stop or the deadline
  DataOptions data{};
};

struct WorkResult {
  Outcome::End end{};
  std::size_t applied{};
  std::int64_t run{};       ///< 0: without a journal
  std::string reason{};     ///< what it waits for, or what blocks
  std::string evidence{};   ///< that writers are gone, when that was decided in this run
  std::vector<Step> did{};  ///< in order
  std::chrono::milliseconds took{};
};

/// A command that changes things, as an order of resources: `deploy`, `rollback`, `topics apply`, `schema apply`, `connector apply` and
/// `events backfill` are this with other orders. Constructing and planning only look; `run` takes the lock and writes.
class Work {
 public:
  /// A PostgreSQL that does not answer is an error only when a resource of the order needs it.
  Work(const Surroundings&, std::string command, Desk::Direction, std::vector<plan::Stop> order, WorkOptions, const Deadline&);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  [[nodiscard]] Plan plan(const Deadline&);
  /// Where there was nothing to do: says in the journal that steps of runs which died are as they should be.
  void close_doubts(const Plan& nothing_to_do, const Deadline&);

  /// Carries out `confirmed`, then looks again until nothing is left, the work waits, or is blocked. Only resources that `confirmed` showed
  /// are touched. Throws what the failing step threw.
  [[nodiscard]] WorkResult run(const Plan& confirmed, const Deadline&);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The plan of `confirmed` with what became of each step, and what to do next.
[[nodiscard]] Report report(const Surroundings&, const std::string& command, const Plan& confirmed, const WorkResult&);

/// What to do while it waits for the application; the last line begins with "waiting for".
[[nodiscard]] Report waiting(const Surroundings&, const std::string& command, const WorkResult&);

/// A saved plan may run when looking again gives the same one: else Error{drift} names the first difference (exit 5, stale_plan).
void need_same(const Plan& saved, const Plan& fresh);

}  // namespace ctl
