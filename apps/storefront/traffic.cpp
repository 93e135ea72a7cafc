#include "traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace storefront {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): a few independent numbers from the seed and the number of an event.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t number) : state_{seed * 0x9E3779B97F4A7C15U + number * 0xD1342543DE82EF95U} {}
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  double fraction() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  template <class List>
  auto any_of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t next() {
    auto z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

constexpr std::array<const char*, 5> browsers{
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 "
    "Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "curl/8.9.1",
};
constexpr std::array<const char*, 6> no_ids{"undefined", "abc", "café", "NaN", "1e", "17-blue"};

/// Half of all visits go to an eighth of the products.
std::int64_t popular(Dice& dice, std::int64_t products) {
  return 1 + std::min(products - 1, static_cast<std::int64_t>(std::pow(dice.fraction(), 3) * static_cast<double>(products)));
}

}  // namespace

Event Traffic::event(std::uint64_t number) const {
  Dice dice{seed, number};
  Event made;
  made.visitor = {.user_agent = dice.any_of(browsers), .ip = fmt::format("203.0.113.{}", 1 + dice.below(254))};

  const auto lot = dice.below(100);
  made.kind = lot < 20 ? Kind::page_hit : lot < 65 ? Kind::impression : lot < 88 ? Kind::click : Kind::cart;
  if (made.kind == Kind::page_hit) {
    made.page = dice.one_in(6) ? "cart" : "products";
    return made;
  }
  made.product = popular(dice, products);
  if (dice.one_in(broken_links ? 100 : 2'000)) {
    made.product = products + 1 + static_cast<std::int64_t>(dice.below(1'000'000));
    if (broken_links && dice.one_in(2)) made.product = dice.any_of(no_ids);
  }
  if (made.kind == Kind::cart) {
    made.action = dice.one_in(5) ? "removed" : "added";
    made.quantity = dice.one_in(3) ? 1 + static_cast<std::int64_t>(dice.below(5)) : 1;
  }
  return made;
}

ctl::Value Traffic::cart_items(std::uint64_t number) const {
  Dice dice{~seed, number};
  ctl::Value items;
  for (auto left = 1 + dice.below(3); left > 0; --left)
    items.push(ctl::Value{}
                   .set("product_id", popular(dice, products))
                   .set("quantity", 1 + static_cast<std::int64_t>(dice.below(3)))
                   .set("price", fmt::format("{}.99", 4 + dice.below(200))));
  return items;
}

}  // namespace storefront
