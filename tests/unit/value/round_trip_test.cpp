#include <catch2/catch.hpp>

#include <array>
#include <random>

#include "value/value.hpp"

using namespace ctl;

namespace {

/// Trees of every kind of value, with the characters that writers get wrong.
class Trees {
 public:
  Value make(int depth = 4) {
    switch (pick(depth == 0 ? 5 : 7)) {
      case 0: return nullptr;
      case 1: return pick(2) == 0;
      case 2: return static_cast<std::int64_t>(random_());
      case 3: return static_cast<double>(static_cast<std::int64_t>(random_())) / 1024.0;
      case 4: return text();
      case 5: {
        Value list{Value::List{}};
        for (auto n = pick(4); n > 0; --n) list.push(make(depth - 1));
        return list;
      }
      default: {
        Value map{Value::Map{}};
        for (auto n = pick(4); n > 0; --n) map.set(text(), make(depth - 1));
        return map;
      }
    }
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string text() {
    static constexpr std::array<const char*, 24> pieces{"a", "on", "-", ": ", "#", " ", "\n", "\"", "\\", "'",    "0",  "1",
                                                        "é", "\t", "{", "[",  "*", "&", "!",  "%",  "~",  "\x01", "7d", "\xF0\x9F\x98\x80"};
    std::string text;
    for (auto n = pick(5); n > 0; --n) text += pieces[pick(pieces.size())];
    return text;
  }
  std::mt19937_64 random_{20261122};
};

}  // namespace

TEST_CASE("any tree reads back the same from json and from yaml") {
  Trees trees;
  for (int i = 0; i < 3000; ++i) {
    const auto value = trees.make();
    INFO(to_json(value));
    REQUIRE(parse_json(to_json(value), "c.json") == value);
    REQUIRE(parse_json(to_json(value, 2), "c.json") == value);
    REQUIRE(parse_yaml(to_yaml(value), "t.yaml") == value);
  }
}
