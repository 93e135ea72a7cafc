#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/sandbox.hpp"

/// A shop of its own for one test: database, topics, connector, slot and publication with unique names, its project folder, the storefront
/// and mykartctl as child processes. The oracle's answers come from libpqxx and a bare consumer, never from lib.
class Shop {
 public:
  explicit Shop(std::int64_t rows);
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  process::Ended ctl(std::vector<std::string> arguments, std::chrono::seconds timeout = std::chrono::seconds{180});
  /// The same command, killed with SIGKILL after `after`, unless it ended before; true if it was killed.
  bool ctl_killed(std::vector<std::string> arguments, std::chrono::milliseconds after);

  void open(bool on_kafka);  ///< starts the storefront under load
  void close();              ///< SIGTERM; what it acknowledged is added to `acknowledged`
  [[nodiscard]] std::uint64_t acknowledged(bool on_kafka) const { return on_kafka ? in_topics_ : in_tables_; }

  [[nodiscard]] const sandbox::Database& database() const { return database_; }
  [[nodiscard]] std::vector<std::string> public_tables() const;
  [[nodiscard]] std::string core_digest() const;
  [[nodiscard]] std::string topic(const std::string& name) const { return prefix_ + "." + name; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::int64_t rows(const std::string& schema = "public") const;  ///< in all four event tables

  /// What a read_committed consumer finds in one event topic.
  struct Events {
    std::map<std::int64_t, int> from_table{};  ///< id -> how often
    std::uint64_t from_application{};
    bool ordered{true};  ///< ids ascend within each key's partition
  };
  [[nodiscard]] Events events(const std::string& table, const std::string& topic) const;

 private:
  [[nodiscard]] process::Options options() const;
  sandbox::Database database_{"journey"};
  std::string prefix_, folder_, slot_, connector_;
  std::unique_ptr<process::Child> storefront_{};
  bool on_kafka_{};
  std::uint64_t in_tables_{}, in_topics_{};
};

inline const std::map<std::string, std::pair<std::string, std::string>> event_tables{{"cart_events", {"cart-events", "cart_event_id"}},
                                                                                     {"clicks", {"clicks", "click_id"}},
                                                                                     {"impressions", {"impressions", "impression_id"}},
                                                                                     {"page_hits", {"page-hits", "hit_id"}}};
