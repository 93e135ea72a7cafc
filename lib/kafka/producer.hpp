#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "kafka/cluster.hpp"

namespace ctl::kafka {

/// Exactly-once writing. Constructing it fences every older instance of `id` and ends its transaction: construct first, read the
/// checkpoint second. One thread. begin .. send* .. commit, in this order; anything else is a bug and throws internal.
class Transactional {
 public:
  Transactional(const Settings&, std::string id, Listener&, const Deadline&);
  Transactional(Transactional&&) noexcept;
  Transactional& operator=(Transactional&&) noexcept;
  ~Transactional();                                           ///< aborts what is open, best effort, at most 1 s

  void begin();
  /// Copies key and value. Waits for room until the deadline (poll, so delivery failures surface here as well).
  void send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time, const Deadline&);
  enum class Commit : unsigned char { done, aborted, in_doubt };
  /// in_doubt (timeout, transport): the object is dead; make a new one and read the checkpoint. Fenced throws Error{busy}.
  [[nodiscard]] Commit commit(const Deadline&);
  void abort(const Deadline&);
 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::kafka
