#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "transfer/content_hash.hpp"
#include "transfer/id_set.hpp"
#include "transfer/late_events.hpp"
#include "transfer/repaired.hpp"

using namespace ctl;
using namespace ctl::transfer;

namespace {

/// As the paper has it: the size of the text in the highest byte of the last word.
template <int Compress, int Finish>
std::string hex(const std::string& text) {
  SipHash<Compress, Finish> hash{{0x0706050403020100U, 0x0F0E0D0C0B0A0908U}};
  const auto whole = text.size() / 8 * 8;
  hash.add(std::string_view{text}.substr(0, whole));
  auto last = static_cast<std::uint64_t>(text.size()) << 56U;
  for (std::size_t i = whole; i < text.size(); ++i)
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * (i - whole));
  hash.add(last);
  const auto sum = hash.finish();
  std::string out;
  for (const auto word : {sum.low, sum.high})
    for (unsigned byte = 0; byte < 8; ++byte) {
      out += "0123456789ABCDEF"[(word >> (8 * byte + 4)) & 0xFU];
      out += "0123456789ABCDEF"[(word >> (8 * byte)) & 0xFU];
    }
  return out;
}

std::string counting(int size) {
  std::string text;
  for (int i = 0; i < size; ++i) text += static_cast<char>(i);
  return text;
}

std::vector<std::pair<std::int64_t, std::int64_t>> ranges_of(const IdSet& ids) {
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  ids.ranges([&](std::int64_t first, std::int64_t last) {
    ranges.emplace_back(first, last);
    return true;
  });
  return ranges;
}

}  // namespace

// The first are vectors_sip128 of the reference implementation. `openssl mac -macopt size:16 [-macopt c-rounds:1 -macopt d-rounds:3]
// SIPHASH` prints all of them.
TEST_CASE("SipHash gives what its authors' own gives") {
  CHECK(hex<2, 4>(counting(0)) == "A3817F04BA25A8E66DF67214C7550293");
  CHECK(hex<2, 4>(counting(1)) == "DA87C1D86B99AF44347659119B22FC45");
  CHECK(hex<2, 4>(counting(7)) == "A1F1EBBED8DBC153C0B84AA61FF08239");
  CHECK(hex<2, 4>(counting(8)) == "3B62A9BA6258F5610F83E264F31497B4");
  CHECK(hex<2, 4>(counting(15)) == "5493E99933B0A8117E08EC0F97CFC3D9");
  CHECK(hex<2, 4>(counting(63)) == "5150D1772F50834A503E069A973FBD7C");
  CHECK(hex<1, 3>(counting(0)) == "E77EBCB22788A5BEFD62DB6ADD303001");
  CHECK(hex<1, 3>(counting(1)) == "FC6F370460D3EDA85E0573CC2B2FF063");
  CHECK(hex<1, 3>(counting(8)) == "AA12FEE1D5E3DAB4724F16AB35F9C799");
  CHECK(hex<1, 3>(counting(15)) == "C17E5505B2BD526C2921CDEC1E7E0109");
  CHECK(hex<1, 3>(counting(63)) == "4C5800E34EFE426F079F6B0AA75260AD");
}

TEST_CASE("sums of hashes carry over from one word to the other") {
  Hash128 sum{std::numeric_limits<std::uint64_t>::max(), 1};
  sum += {1, 0};
  CHECK(sum == Hash128{0, 2});
  sum += {5, std::numeric_limits<std::uint64_t>::max()};
  CHECK(sum == Hash128{5, 1});
}

TEST_CASE("no two contents look alike, whatever is moved between their parts, and no two runs see the same") {
  const ContentHash hash;
  const auto nothing = std::nullopt;
  const auto one = hash(1, "key", "a value of some length", 5);
  CHECK(one == hash(1, "key", "a value of some length", 5));
  CHECK(one != ContentHash{}(1, "key", "a value of some length", 5));
  CHECK(one != hash(2, "key", "a value of some length", 5));
  CHECK(one != hash(5, "key", "a value of some length", 1));
  CHECK(one != hash(1, "kez", "a value of some length", 5));
  CHECK(one != hash(1, "key", "a value of some lengti", 5));
  CHECK(one != hash(1, "key", "a value of some length", nothing));
  CHECK(hash(1, "", "v", 0) != hash(1, "", "v", nothing));
  CHECK(hash(1, "", "v", 0) != hash(1, nothing, "v", 0));
  CHECK(hash(1, "k", "", 0) != hash(1, "k", nothing, 0));
  CHECK(hash(1, "ab", "c", 0) != hash(1, "a", "bc", 0));
  CHECK(hash(1, "", std::string_view{"\0", 1}, 0) != hash(1, "", "", 0));
  CHECK(hash(1, std::string_view{"a\0", 2}, "b", 0) != hash(1, "a", std::string_view{"\0b", 2}, 0));
}

TEST_CASE("a set of ids tells its ranges, from the smallest number to the largest") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  IdSet ids;
  ids.add(most - 1, most);
  ids.add(3, 5);
  ids.add(6);
  ids.add(8);
  ids.add(-2, 1);
  ids.add(least);
  using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
  CHECK(ranges_of(ids) == Ranges{{least, least}, {-2, 1}, {3, 6}, {8, 8}, {most - 1, most}});
  CHECK(ranges_of(IdSet{}).empty());
  int told = 0;
  ids.ranges([&](std::int64_t, std::int64_t) { return ++told < 2; });
  CHECK(told == 2);
}

TEST_CASE("events that come late are found however few sequences may be remembered, each once") {
  std::mt19937_64 random{1};
  const ContentHash hash;
  struct Event {
    Hash128 sequence{};
    std::int64_t id{};
  };
  std::vector<Event> events;
  for (std::int64_t id = 1; id <= 3000; ++id) events.push_back({hash(id % 1000, "", "", 0), id});
  for (int i = 0; i < 50; ++i) std::swap(events[random() % 3000], events[random() % 3000]);
  const auto late_of = [&](std::size_t most, int& parts) {
    std::vector<std::pair<std::int64_t, std::int64_t>> late;
    for (LateEvents late_events{most}; !late_events.done(); late_events.next_part(), ++parts) {
      for (std::size_t i = 0; i < events.size(); ++i)
        late_events.add(events[i].sequence, events[i].id, static_cast<int>(events[i].id % 3), static_cast<std::int64_t>(i));
      for (const auto& one : late_events.late()) late.emplace_back(one.id, one.at.second);
    }
    std::sort(late.begin(), late.end());
    return late;
  };
  int at_once = 0, in_parts = 0;
  const auto all = late_of(100'000, at_once);
  CHECK(at_once == 1);
  CHECK(all.size() > 20);
  CHECK(late_of(100, in_parts) == all);
  CHECK(in_parts > 5);
}

TEST_CASE("what a repair says of its transaction is read back, and nothing else is taken for it") {
  RepairNote note{.repair = "2026-01-02T03:04:05.678Z", .topic_id = "AAAA", .from = {{0, 7}, {2, 9}}, .ids = {}};
  note.ids.add(-5, -3);
  note.ids.add(1);
  note.ids.add(10, 12);
  const auto bytes = to_bytes(note);
  const auto back = repair_note_from(bytes);
  CHECK(back.repair == note.repair);
  CHECK(back.topic_id == note.topic_id);
  CHECK(back.from == note.from);
  CHECK(ranges_of(back.ids) == ranges_of(note.ids));
  CHECK(key_of(note, "mykartctl.1.db.t.topic") == "mykartctl.1.db.t.topic/repaired/2026-01-02T03:04:05.678Z/-5");
  for (const auto* other :
       {"", "{}", R"({"repair":"r","topic_id":"","from":{"0":1},"ids":"1-"})", R"({"repair":"r","topic_id":"","from":{"0":1},"ids":"5-1"})",
        R"({"repair":"r","topic_id":"","from":{"0":1},"ids":"1-9000000000"})", R"({"repair":"r","topic_id":"","from":{"x":1},"ids":"1"})",
        R"({"last_id":5,"rows":5,"rejected":0,"ends":{}})"})
    CHECK_THROWS_AS(repair_note_from(other), Error);
}
