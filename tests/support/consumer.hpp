#pragma once
#include <cstdint>
#include <memory>
#include <string>

/// A consumer as applications have it: librdkafka's, member of a group. Shares no code with lib.
class Consumer {
 public:
  /// Joins `group` and reads `topic` from its commits, or from the beginning. Commits only when it is told to.
  Consumer(const std::string& group, const std::string& topic);
  ~Consumer();  ///< leaves the group
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  bool poll();                                                                ///< waits 50 ms at most; true if a record came
  void read(int records);                                                     ///< until so many came; throws after 20 s
  void commit();                                                              ///< what came, and waits for the answer
  void commit(const std::string& topic, int partition, std::int64_t offset);  ///< any offset, likewise

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
