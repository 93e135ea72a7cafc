#include <catch2/catch.hpp>
#include <limits>

#include "transfer/arrived.hpp"
#include "transfer/id_set.hpp"
#include "transfer/pace.hpp"

using namespace ctl;
using namespace ctl::transfer;

TEST_CASE("a server that answers slower than it used to is left alone for longer and longer, until it is as quick again") {
  using std::chrono::milliseconds;
  Strain strain{milliseconds{100}};
  CHECK(strain.after(milliseconds{90}) == milliseconds{0});  // tolerable, whatever is usual
  CHECK(strain.after(milliseconds{5}) == milliseconds{0});
  CHECK(strain.after(milliseconds{90}) == milliseconds{0});
  CHECK(strain.after(milliseconds{400}) == milliseconds{400});
  CHECK(strain.after(milliseconds{400}) == milliseconds{800});
  CHECK(strain.after(milliseconds{3000}) == milliseconds{3000});
  CHECK(strain.after(milliseconds{3000}) == milliseconds{6000});
  CHECK(strain.after(milliseconds{3000}) == milliseconds{10'000});
  CHECK(strain.after(milliseconds{99}) == milliseconds{0});
  CHECK(strain.after(milliseconds{200}) == milliseconds{200});
  Strain far{milliseconds{100}};  // another continent
  CHECK(far.after(milliseconds{80}) == milliseconds{0});
  CHECK(far.after(milliseconds{600}) == milliseconds{0});
  CHECK(far.after(milliseconds{700}) == milliseconds{700});
}

TEST_CASE("a set of ids knows what it has, signs included, and what another one lacks") {
  IdSet set, other;
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  for (const auto id : {most, std::int64_t{0}, std::int64_t{-1}, least, std::int64_t{5'000'000'000}}) CHECK(set.add(id));
  CHECK_FALSE(set.add(0));
  CHECK(set.size() == 5);
  CHECK(set.contains(-1));
  CHECK_FALSE(set.contains(1));
  other.add(0);
  other.add(7);
  std::vector<std::int64_t> lacking;
  CHECK(set.without(other, 3, [&](std::int64_t id) { lacking.push_back(id); }) == 4);
  CHECK(lacking == std::vector<std::int64_t>{least, -1, 5'000'000'000});
}

TEST_CASE("a million ids in a row cost less than one bit each") {
  IdSet set;
  for (std::int64_t id = 1; id <= 1'000'000; ++id) set.add(id);
  CHECK(set.bytes() < 1'000'000 / 8 + 16'384);
}

TEST_CASE("headers and bytes are kept so that they can be brought back") {
  const std::string_view bytes{"\x00\xff", 2};
  const auto a = arrived({{"t", 1}, 7, Millis{}, bytes, std::nullopt, {{"plain", bytes}, {"\xff", std::nullopt}, {"q\"", ""}}});
  CHECK(a.headers == R"([{"name":"plain","value":"\\x00ff"},{"name_hex":"\\xff","value":null},{"name":"q\"","value":"\\x"}])");
  CHECK(a.key == bytes);
  CHECK_FALSE(a.value);
  CHECK(printable("a\nb\tc", 100) == "a b c");
  CHECK(printable("ééé", 3) == "é");
  CHECK(printable("\xff\xfe", 100) == "\\xfffe");
}

TEST_CASE("a pace asks for batches of a tenth of a second and waits for what is ahead of it") {
  CHECK(Pace{0}.batch(1024) == 1024);
  CHECK(Pace{1'000'000}.batch(1024) == 1024);
  CHECK(Pace{5000}.batch(1024) == 500);
  CHECK(Pace{1}.batch(1024) == 1);
  const auto begin = Deadline::clock::now();
  Pace pace{1000};
  pace.passed(50, {5s, {}});
  CHECK(Deadline::clock::now() - begin >= 50ms);
}
