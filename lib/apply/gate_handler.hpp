#pragma once
#include "apply/desk.hpp"
#include "health/writers.hpp"

namespace ctl {

/// gate/writers-gone waits for the evidence (deploy: nobody writes to the tables; rollback: nobody writes to the topics).
/// gate/fence then makes the tables refuse writes and moves what came last; gate/unfence takes the fence away.
class GateHandler : public Handler {
 public:
  static constexpr std::string_view writers_gone = "writers-gone", fence = "fence", unfence = "unfence";

  /// `retires`: what takes the tables away comes after the fence in the same run.
  GateHandler(const Desk& desk, bool operators_word, bool retires) : desk_{desk}, watch_{desk.around, operators_word}, retires_{retires} {}
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;
  /// What the last look at writers-gone found.
  [[nodiscard]] const health::Writers& writers() const noexcept { return writers_; }

 private:
  [[nodiscard]] std::vector<EventTable> to_fence(const Deadline&) const;
  [[nodiscard]] std::vector<EventTable> to_unfence(const Deadline&) const;
  void try_retirement(const Deadline&) const;
  void need_fence(const EventTable& declared, const Deadline&) const;
  const Desk& desk_;
  health::WriterWatch watch_;
  bool retires_;
  health::Writers writers_{};
};

}  // namespace ctl
