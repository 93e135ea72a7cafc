#pragma once
#include <optional>
#include <string>

#include "core/text.hpp"
#include "postgres/connection.hpp"

namespace ctl {

/// One writer a database and context: a session advisory lock on a connection of its own, with TCP keepalives so that a dead laptop frees
/// it in a minute. Process death frees it at once. A courtesy to people; what protects data are the transactional id and the
/// compare-and-set of replay_offset.
class Lock {
 public:
  struct Holder {
    std::string who{}, host{}, command{}, address{};
    int pid{}, backend{};
    Millis since{};
  };
  /// Error{busy} names the holder, since when, and what to type. `who` fills the holder's row for others to read.
  static Lock take(const postgres::Target&, const std::string& context, const Holder& who, Listener&, const Deadline&);
  void check(const Deadline&);  ///< throws Error{busy} if the session is gone

 private:
  explicit Lock(postgres::Connection connection) : connection_{std::move(connection)} {}
  postgres::Connection connection_;
};

/// Who holds the lock now, if anyone. Reads only.
[[nodiscard]] std::optional<Lock::Holder> lock_holder(postgres::Connection&, const std::string& context, const Deadline&);

}  // namespace ctl
