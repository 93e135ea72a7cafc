#pragma once
#include "apply/captured_tables.hpp"
#include "apply/desk.hpp"
#include "plan/connectors.hpp"

namespace ctl {

/// connector/NAME: a declared connector with its role, rights, topics and publication. In a rollback, and after one, it captures the event
/// tables as well.
///
/// Order of an apply: all that PostgreSQL is asked for in a transaction that is rolled back; role, rights, topics; then of a new connector
/// publication and create; of one that exists stop, wait until its task is gone and the slot is idle, add to the publication, write the
/// config, take out of the publication, resume. Without the stop the running task would receive the changes of a table that is being added,
/// drop them as not captured, and confirm them. Whatever fails after the stop, the connector is taken up again. It ends when the connector
/// is healthy.
class ConnectorHandler : public Handler {
 public:
  ConnectorHandler(const Desk& desk, connect::Worker& worker, RunState wanted = RunState::running)
      : desk_{desk}, worker_{worker}, state_{wanted} {}
  /// Error{manifest} with every finding of the lint that is an error, and the line to write for each.
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  [[nodiscard]] Value before_image(const Step&, const Deadline&) override;  ///< config without secrets, state, published tables
  void apply(const Step&, const Deadline&, Listener&) override;

 protected:
  [[nodiscard]] plan::WantedConnector wanted(const std::string& name, const Deadline&) const;
  void prepare(const Step&, const plan::WantedConnector&, const Deadline&, Listener&) const;  ///< role, rights, topics
  const Desk& desk_;

 private:
  [[nodiscard]] plan::SeenConnector seen(const plan::WantedConnector&, const Deadline&) const;
  [[nodiscard]] static Publishing publishing(const Step&, const ConnectorSpec&);
  void try_first(const Step&, const plan::WantedConnector&, const Deadline&) const;
  void set_state(const plan::WantedConnector&, const Deadline&) const;
  void reconfigure(const plan::WantedConnector&, const Publishing&, const Deadline&, Listener&) const;
  connect::Worker& worker_;
  RunState state_;
};

/// access/NAME: the role that the connector logs in as, with its rights. Needs no worker, so that a database is ready before there is one.
class AccessHandler : public ConnectorHandler {
 public:
  using ConnectorHandler::ConnectorHandler;
  [[nodiscard]] std::optional<Step> look(const Resource&, const Deadline&) override;
  [[nodiscard]] Value before_image(const Step&, const Deadline&) override { return {}; }
  void apply(const Step&, const Deadline&, Listener&) override;
};

/// Returns when the connector, seen together with its slot, is healthy for three looks in a row, half a second apart. Error{failed} with
/// the last cause when it FAILED for as long.
/// Without `database` only the worker is asked.
void await_healthy(connect::Worker&, postgres::Connection* database, const ConnectorSpec& resolved, const Deadline&);

}  // namespace ctl
