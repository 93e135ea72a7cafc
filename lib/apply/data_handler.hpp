#pragma once
#include "apply/desk.hpp"
#include "transfer/transfer.hpp"

namespace ctl {

struct DataOptions {
  std::int64_t rate{};           ///< rows a second at most, 0 = no limit
  std::uint64_t max_dead{1000};  ///< dead letters a rollback may make
};

/// data/SCHEMA.TABLE: while deploying, rows that are not in the topic yet are moved there; while rolling back, events that the application
/// wrote are moved into the table.
class DataHandler : public Handler {
 public:
  DataHandler(const Desk& desk, DataOptions options) : desk_{desk}, options_{options} {}
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;

 private:
  [[nodiscard]] std::optional<Step> look_at_rows(Step, const EventTable&, const Located&, const Deadline&) const;
  [[nodiscard]] std::optional<Step> look_at_events(Step, const EventTable&, const Located&, const Deadline&) const;
  const Desk& desk_;
  DataOptions options_;
};

/// The declared event table of a resource name; Error{not_found} if there is none.
[[nodiscard]] const EventTable& event_table(const Desk&, const std::string& name);

}  // namespace ctl
