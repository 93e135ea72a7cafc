#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

/// A Connect worker that answers what a test wrote down, for what no real one does on demand: a rebalance, a time-out of its own, a state
/// that is reported late.
class FakeWorker {
 public:
  struct Answer {
    int status{200};
    std::string body{};
    int delay_ms{};
  };
  FakeWorker();  ///< serves on a free port of loopback until it is destroyed
  ~FakeWorker();
  FakeWorker(const FakeWorker&) = delete;
  FakeWorker& operator=(const FakeWorker&) = delete;

  /// "GET /connectors/shop/status" -> its answers in turn; the last one stays. Set before the first request. What is not listed is 404.
  std::map<std::string, std::vector<Answer>> answers{};
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<std::string> requests() const;                          ///< so far, in order: "PUT /connectors/shop/config"
  [[nodiscard]] std::vector<std::string> bodies(const std::string& request) const;  ///< of those requests
  [[nodiscard]] std::size_t count(const std::string& request) const { return bodies(request).size(); }

  static std::string status(const std::string& connector, const std::string& task, const std::string& trace = "");  ///< task "" = no task

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
