#pragma once
#include <algorithm>
#include <string_view>

#include "support/cart_events.hpp"
#include "support/oracle.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "transfer/transfer.hpp"

/// A database with the shop's cart events, a topic for them, and the movers between the two.
struct Shop {
  sandbox::Database database{"shop"};
  sandbox::Topic topic{"cart-events", 3, "retention.ms=-1"};  // events of 2024: the default retention would eat them at once
  ctl::EventTable table{shop::cart_events(topic.name())};
  ctl::kafka::Settings kafka{sandbox::brokers(), {}, {}, ""};
  ctl::postgres::Target postgres{database.url(), {}, "mykartctl test", ""};
  Quiet quiet{};

  Shop() { database.run(shop::tables); }

  [[nodiscard]] static ctl::Deadline soon() { return {std::chrono::seconds{60}, {}}; }
  [[nodiscard]] ctl::postgres::Connection session() {
    return ctl::postgres::Connection::open(postgres, ctl::postgres::Access::read_write, quiet, soon());
  }
  ctl::transfer::Moved move() { return ctl::transfer::Mover{postgres, kafka, table, {}, quiet}.catch_up(soon()); }
  [[nodiscard]] ctl::transfer::Parity reconcile(const ctl::transfer::ReconcileOptions& options = {}) {
    auto connection = session();
    return ctl::transfer::reconcile(connection, kafka, table, options, quiet, soon());
  }
  /// A machine under load may give more occasions than the one that a test gives.
  [[nodiscard]] bool noted(std::string_view beginning) const {
    return std::any_of(quiet.notes.begin(), quiet.notes.end(), [&](const auto& note) { return note.starts_with(beginning); });
  }
  /// "" when every row is in the topic exactly once and in order, else what is wrong.
  [[nodiscard]] std::string verdict(const std::string& select = "select cart_event_id from cart_events") const {
    return oracle::exactly_once(database.url(), select, topic.name(), "cart_events");
  }
};
