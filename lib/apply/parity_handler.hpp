#pragma once
#include "apply/desk.hpp"

namespace ctl {

/// parity/SCHEMA.TABLE: proves that every row is in the topic (deploy) or that every event is in the table (rollback), and seals the proof
/// in the journal, bound to what was looked at. A proof that no longer holds is made again. A difference is Error{mismatch}; nothing is
/// retired before it is sealed.
class ParityHandler : public Handler {
 public:
  explicit ParityHandler(const Desk& desk) : desk_{desk} {}
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;

 private:
  void prove_rows(const EventTable& declared, const Located&, const Deadline&, Listener&) const;
  void prove_events(const EventTable& declared, const Located&, const Deadline&, Listener&) const;
  /// Writes it down, unless what it is bound to is not what it was when the comparison began.
  void seal(const EventTable& declared, Seal, const Deadline&) const;
  const Desk& desk_;
};

}  // namespace ctl
