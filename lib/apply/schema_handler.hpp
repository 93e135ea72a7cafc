#pragma once
#include "apply/desk.hpp"

namespace ctl {

/// schema/NNNN_name: a migration that is not recorded is adopted when its verify script passes, else run; in a rollback, contract
/// migrations that are applied are reverted. Script, verification, proof that the core tables were not touched, and journal entry share one
/// transaction.
class SchemaHandler : public Handler {
 public:
  explicit SchemaHandler(const Desk& desk) : desk_{desk} {}
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  [[nodiscard]] Value before_image(const Step&, const Deadline&) override;
  void apply(const Step&, const Deadline&, Listener&) override;

 private:
  [[nodiscard]] const Migration& migration(const std::string& id) const;
  [[nodiscard]] bool passes(const Migration&, const Deadline&) const;
  /// One transaction: `first`, the script, the proof that the core tables are as they were, `then`.
  void run(const std::string& script, const std::string& file, const std::function<void()>& first, const std::function<void()>& then,
           const Deadline&) const;
  const Desk& desk_;
};

}  // namespace ctl
