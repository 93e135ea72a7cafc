#pragma once
#include <map>
#include <string>
#include <vector>

#include "shop_fixture.hpp"
#include "support/journal_tables.hpp"

/// A shop with a journal, and replays of its topic.
struct ReplayShop : Shop {
  ReplayShop() { database.run(journal_tables()); }

  std::map<int, ctl::transfer::Ledger> replay(ctl::transfer::ReplayOptions options = {.run = 1}) {
    return ctl::transfer::Replay{postgres, kafka, table, std::move(options), quiet}.run(soon());
  }
  [[nodiscard]] ctl::transfer::ReplayParity parity() {
    auto connection = session();
    return ctl::transfer::reconcile_replay(connection, kafka, table, quiet, soon());
  }
  [[nodiscard]] std::int64_t behind() {
    auto connection = session();
    std::int64_t sum = 0;
    for (const auto& [partition, left] : ctl::transfer::replay_behind(connection, kafka, table, quiet, soon())) sum += left;
    return sum;
  }
  [[nodiscard]] std::string value(const std::string& sql) const { return database.value(sql); }
};

inline std::string event(int product, int quantity, const std::string& more = "") {
  return "{\"product_id\":" + std::to_string(product) + ",\"quantity\":" + std::to_string(quantity) +
         ",\"event_type\":\"added\",\"event_timestamp\":\"2024-06-01T00:00:00.250Z\",\"user_agent\":\"curl\",\"ip\":\"::1\"" + more + "}";
}
inline std::vector<oracle::Record> events(int n) {
  std::vector<oracle::Record> made;
  for (int i = 0; i < n; ++i) made.push_back({.key = "product-" + std::to_string(1 + i % 100), .value = event(1 + i % 100, 1 + i % 9)});
  return made;
}
inline ctl::transfer::Ledger sum(const std::map<int, ctl::transfer::Ledger>& ledgers) {
  ctl::transfer::Ledger s;
  for (const auto& [partition, l] : ledgers) {
    s.delivered += l.delivered;
    s.inserted += l.inserted;
    s.from_table += l.from_table;
    s.dead += l.dead;
    s.filtered += l.filtered;
  }
  return s;
}
