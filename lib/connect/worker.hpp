#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/listener.hpp"
#include "core/secret.hpp"
#include "model/topic.hpp"

namespace ctl::connect {

/// Where the worker answers. `origin` says where `base` came from, for messages.
struct Url {
  std::string base{};
  std::string user{};
  Secret password{};
  std::string origin{};
};
enum class State : unsigned char { running, paused, stopped, failed, unassigned, restarting, unknown };
struct Task { int id{}; State state{}; std::string worker{}; std::string cause{}; };       // cause: last "Caused by" line
struct Status { std::string name; State state{}; std::vector<Task> tasks{}; };

/// Reads. 409-rebalance, 502-504 and refused connections are retried within the deadline; nothing else is.
class Worker {
 public:
  Worker(Url, Listener&);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  [[nodiscard]] std::vector<std::string> connectors(const Deadline&);
  [[nodiscard]] Config config(std::string_view name, const Deadline&);
  [[nodiscard]] Status status(std::string_view name, const Deadline&);
  [[nodiscard]] Value offsets(std::string_view name, const Deadline&);
  [[nodiscard]] Value validate(std::string_view plugin, const Config&, const Deadline&);   // a PUT that changes nothing
 private:
  friend class Admin;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes. A timed-out write is followed by a read before anything is repeated.
class Admin {
 public:
  explicit Admin(Worker& worker) : worker_{worker} {}
  void put(std::string_view name, const Config&, const Deadline&);      ///< no request when equal; read back and compared
  void stop(std::string_view name, const Deadline&);                    ///< returns when STOPPED with no task
  void resume(std::string_view name, const Deadline&);
  void restart(std::string_view name, bool only_failed, const Deadline&);
  void remove(std::string_view name, const Deadline&);                  ///< 404 is success
 private:
  Worker& worker_;
};

}  // namespace ctl::connect
