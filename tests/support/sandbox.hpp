#pragma once
#include <string>

/// The real servers that tests use: addresses from MYKART_* as `scripts/sandbox env` prints them, else the defaults of the sandbox.
namespace sandbox {

[[nodiscard]] std::string brokers();                                  ///< MYKART_BROKERS, else localhost:9092
[[nodiscard]] std::string connect_url();                              ///< MYKART_CONNECT_URL, else http://localhost:8083
[[nodiscard]] std::string database_url(const std::string& database);  ///< MYKART_DATABASE with its database replaced
[[nodiscard]] std::string unique(
    const std::string& prefix);  ///< prefix_<pid>_<n>: lower case, fit for databases, slots and (with -) topics

/// Waits until the brokers know all leaders of a topic (its creation is answered before that); the number of its partitions.
int await_topic(const std::string& topic);

/// A database of its own, dropped at the end (with its slots and sessions).
class Database {
 public:
  explicit Database(const std::string& prefix = "t");
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::string url() const { return database_url(name_); }
  void run(const std::string& sql) const;                         ///< by libpqxx, not by the code under test
  [[nodiscard]] std::string value(const std::string& sql) const;  ///< first column of the first row as text; "" for NULL or no row

 private:
  std::string name_;
};

/// A topic of its own, made and deleted through librdkafka's C API.
class Topic {
 public:
  /// config: "k=v,k=v". By default old events stay: the sandbox looks every 5 s for what is older than retention.ms.
  explicit Topic(const std::string& prefix = "t", int partitions = 3, const std::string& config = "retention.ms=-1");
  ~Topic();
  Topic(const Topic&) = delete;
  Topic& operator=(const Topic&) = delete;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

}  // namespace sandbox
