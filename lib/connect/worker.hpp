#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/listener.hpp"
#include "core/secret.hpp"
#include "model/connector.hpp"
#include "model/topic.hpp"
#include "value/value.hpp"

/// Room connect: the REST API of a Kafka Connect worker (3.9 to 4.x). The only room that knows libcurl. Knows no PostgreSQL, no plan, and
/// of Debezium nothing at all.
namespace ctl::connect {

/// Where the worker answers. `origin` says where `base` came from, for messages.
struct Url {
  std::string base{};
  std::string user{};
  Secret password{};
  std::string origin{};
};
using State = RunState;
using Task = TaskStatus;
using Status = ConnectorStatus;

struct Root {
  std::string version{}, kafka_cluster_id{};
};
struct Plugin {
  std::string name{}, type{}, version{};  ///< name: the full class name
};
enum class Health : unsigned char { healthy, starting, unhealthy, unknown };  ///< unknown: a worker before 3.9 (KIP-1017)
[[nodiscard]] std::string_view to_string(Health);

/// Reads. What a rebalance, a proxy (502 to 504) or the worker's own time-out causes is asked again within the deadline; everything else, a
/// refused connection included, is an Error at once: `connection refused at http://localhost:8083 (default)`.
/// Every method throws Error{not_found} for a connector that does not exist, unless it says otherwise.
class Worker {
 public:
  Worker(Url, Listener&);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const Url& url() const noexcept;
  [[nodiscard]] Root root(const Deadline&);
  [[nodiscard]] Health health(const Deadline&);
  [[nodiscard]] std::vector<Plugin> plugins(const Deadline&);  ///< connectors only, of the worker that answers

  [[nodiscard]] std::vector<std::string> connectors(const Deadline&);     ///< by name
  [[nodiscard]] std::map<std::string, Config> configs(const Deadline&);   ///< of all; may hold secrets in clear
  [[nodiscard]] std::map<std::string, Status> statuses(const Deadline&);  ///< of all; one that has none yet is left out
  [[nodiscard]] Config config(std::string_view name, const Deadline&);    ///< as it was put, references unresolved, without "name"
  [[nodiscard]] std::optional<Config> find(std::string_view name, const Deadline&);  ///< nullopt: no such connector
  [[nodiscard]] Status status(std::string_view name, const Deadline&);
  [[nodiscard]] Value offsets(std::string_view name, const Deadline&);  ///< the list under "offsets": {partition, offset} each
  /// What the plugin itself finds wrong: key -> its complaints, "" for complaints of no key. Empty when it is content. Opens real
  /// connections to the database; changes nothing.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> validate(std::string_view name, const Config&, const Deadline&);
  [[nodiscard]] Value validation(std::string_view name, const Config&, const Deadline&);  ///< its whole answer

 private:
  friend class Admin;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct Request;

/// Writes. A write that timed out in the worker is followed by a read before anything is repeated.
class Admin {
 public:
  explicit Admin(Worker& worker) : worker_{worker} {}
  /// Asks the plugin: Error{refused} with every complaint. Changes nothing.
  void check(std::string_view name, const Config&, const Deadline&);
  /// No request when equal; else PUT, read back and compare (Error{mismatch}). Does not change whether it runs. A config that the plugin
  /// refuses is Error{refused} with every complaint.
  void put(std::string_view name, const Config&, const Deadline&);
  /// As put, for one that does not exist yet; it begins in `initial` (KIP-980: RUNNING, PAUSED or STOPPED). Returns when the worker reports
  /// a state of it.
  void create(std::string_view name, const Config&, State initial, const Deadline&);
  void stop(std::string_view name, const Deadline&);    ///< returns when STOPPED with no task
  void pause(std::string_view name, const Deadline&);   ///< returns when it and every task is PAUSED
  void resume(std::string_view name, const Deadline&);  ///< returns when RUNNING with a running task; Error{failed} with the cause
  void restart(std::string_view name, bool only_failed, const Deadline&);  ///< with its tasks; does not wait
  void restart_task(std::string_view name, int task, const Deadline&);
  void remove(std::string_view name, const Deadline&);         ///< one that is gone already is success
  void reset_offsets(std::string_view name, const Deadline&);  ///< it must be STOPPED with no task

 private:
  void write_config(const Request&, std::string_view name, const Config&, const Deadline&);
  Worker& worker_;
};

}  // namespace ctl::connect
