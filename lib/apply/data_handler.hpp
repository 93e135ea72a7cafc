#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/desk.hpp"
#include "transfer/transfer.hpp"

namespace ctl {

using Holes = std::map<std::string, transfer::Parity>;  ///< what a comparison has found, by table

struct DataOptions {
  std::int64_t rate{};           ///< rows a second at most, 0 = no limit
  std::uint64_t max_dead{1000};  ///< dead letters a rollback may make
  std::uint64_t accept_loss{};   ///< events that were never replayed and may be gone
  const Holes* holes{};          ///< to be closed, instead of moving rows: once each, in the order of a run
  bool adopt{};                  ///< events of a table that nobody knows of become the beginning of its copy, if they are right
};

/// data/SCHEMA.TABLE: while deploying, rows that are not in the topic yet are moved there; while rolling back, events that the application
/// wrote are moved into the table. With `holes` rows that are missing in the topic are sent there.
class DataHandler : public Handler {
 public:
  DataHandler(const Desk& desk, DataOptions options) : desk_{desk}, options_{options} {}
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  [[nodiscard]] Value before_image(const Step&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;
  /// What came since: one round of the tail, its lag told to the Listener. Called again and again it keeps up with the writers.
  void follow(const Resource&, const Deadline&, Listener&);

 private:
  struct Tail;                                                                ///< of one table
  [[nodiscard]] const transfer::Parity* open_holes(const EventTable&) const;  ///< nullptr: there are none, or they have been closed
  [[nodiscard]] std::optional<Step> look_at_holes(Step, const EventTable&) const;
  [[nodiscard]] std::optional<Step> look_at_rows(Step, const EventTable&, const Located&, const Deadline&) const;
  [[nodiscard]] std::optional<Step> look_at_events(Step, const EventTable&, const Located&, const Deadline&) const;
  [[nodiscard]] std::int64_t behind(const EventTable&, const Deadline&) const;  ///< events that are not replayed yet, at most
  /// Where the rows are, when moving them in either direction begins; Error{not_found} if they are gone.
  [[nodiscard]] EventTable begin(const EventTable& declared, const Deadline&) const;
  void adopt(const EventTable& declared, const EventTable& where, const Deadline&, Listener&) const;
  [[nodiscard]] transfer::Replay replay(const EventTable& where, const Deadline&, Listener&) const;
  void look_at_values(Step&, const EventTable&, const transfer::Unmoved&, const Deadline&) const;
  [[nodiscard]] std::vector<Step::Reader> readers_of(const std::string& topic, const Deadline&) const;
  const Desk& desk_;
  DataOptions options_;
  mutable std::optional<std::map<std::string, std::vector<std::string>>> readers_{};  ///< asked once: they are for people to know
  std::set<std::string> repaired_{};
  std::map<std::string, std::shared_ptr<Tail>> tails_{};
};

/// The declared event table of a resource name; Error{not_found} if there is none.
[[nodiscard]] const EventTable& event_table(const Desk&, const std::string& name);

}  // namespace ctl
