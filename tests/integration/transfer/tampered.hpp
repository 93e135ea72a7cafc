#pragma once
#include <algorithm>
#include <thread>

#include "shop_fixture.hpp"

/// A table with a row a second, and its events as they would be after some records were tampered with on the way.
struct Tampered {
  Shop shop{};
  std::vector<oracle::Record> events{};

  explicit Tampered(int rows = 100'000) {
    shop.database.run(shop::insert_events(rows));
    shop.move();
    events = oracle::read(shop.topic.name());
    oracle::remove_topic(shop.topic.name());
    std::this_thread::sleep_for(std::chrono::seconds{1});
    oracle::create_topic(shop.topic.name(), 3);
  }
  oracle::Record& event(std::int64_t id) {
    return *std::find_if(events.begin(), events.end(), [&](const oracle::Record& r) { return oracle::id_of(r, "cart_events") == id; });
  }
  void lose(std::int64_t id) {
    const auto* record = &event(id);
    events.erase(events.begin() + (record - events.data()));
  }
  void write() const { oracle::produce(shop.topic.name(), events); }
  ctl::transfer::Parity reconcile() {
    write();
    return shop.reconcile();
  }
};
