#pragma once
#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>

/// A broker's double: passes frames to the sandbox's broker and back, and makes clients believe that the broker lives here (or at `host`, a
/// name as long as the real one). What it loses, and what it lets happen before a request goes on, is the test's to say.
class Proxy {
 public:
  enum Api : int { end_txn = 26, alter_configs = 33, incremental_alter_configs = 44 };
  explicit Proxy(std::string host = "127.0.0.1");
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void lose_requests(Api api) { lost_requests_ = api; }
  void lose_answers(Api api) { lost_answers_ = api; }
  /// Runs `then`, once, when a client's request of one of those kinds has come in and before the broker gets it. Set it before clients
  /// connect.
  void before(std::set<int> apis, std::function<void()> then) {
    awaited_ = std::move(apis);
    then_ = std::move(then);
  }

 private:
  void run();

  std::string host_;
  int listener_{};
  int port_{};
  std::atomic<int> lost_requests_{-1}, lost_answers_{-1};
  std::set<int> awaited_{};
  std::function<void()> then_{};
  std::atomic<bool> stop_{};
  std::thread thread_{};
};
