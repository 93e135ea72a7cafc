#include "health/seals.hpp"

#include <catch2/catch.hpp>

#include "health/proofs.hpp"

using namespace ctl;
using Proof = health::SealState::Kind;

namespace {

/// A proof, and servers on which nothing has changed.
struct Case {
  Seal seal{.table = "public.clicks", .topic = "shop.clicks", .direction = "deploy", .rows = 10, .events = 10};
  health::SealObservation now{};
  Case() {
    SealFacts facts;
    facts.declaration = "d";
    facts.table = {
        .server = "1", .database = "5", .relations = {{10, 100, "public.clicks", "c"}}, .rows = 10, .last_id = 12, .versions = "v"};
    facts.topic = {.id = "A", .partitions = {{0, {0, 7}}, {1, {2, 9}}}};
    now.declaration = "d";
    now.topic = health::ObservedTopic{.id = "A", .partitions = facts.topic.partitions, .cleanup_policy = "delete"};
    now.table = std::optional{facts.table};
    seal.facts = std::move(facts);
  }
  health::ObservedTopic& topic() { return *now.topic; }
  SealedTable& table() { return **now.table; }
  SealFacts& facts() { return *seal.facts; }
  [[nodiscard]] health::SealState state() const { return health::judge(seal, now); }
  void changed(const std::string& words) const {
    const auto found = state();
    INFO(to_string(found));
    CHECK(found.kind == Proof::changed);
    CHECK(to_string(found).find(words) != std::string::npos);
  }
};

const Error silent{Code::timeout, {.what = "no answer"}};
const Error none{Code::not_found, {.what = "there is none"}};

}  // namespace

TEST_CASE_METHOD(Case, "a proof holds while all is as it was, and while the topic only grows") {
  CHECK(state().holds());
  topic().partitions[1].end = 1000;
  CHECK(state().holds());
  table().versions.clear();  // not counted
  table().rows = 0;
  CHECK(state().holds());
  topic().cleanup_policy = "delete";
  seal.facts.reset();
  changed("older mykartctl");
}

TEST_CASE_METHOD(Case, "what became of the topic is said by name and number") {
  SECTION("gone") { now.topic = tl::unexpected<Error>{none}, changed("topic shop.clicks is gone"); }
  SECTION("anew") { topic().id = "B", changed("made anew (its id is B, and was A)"); }
  SECTION("start") { topic().partitions[1].start = 5, changed("shop.clicks [1] begins at offset 5, and began at 2: 3 offsets are gone"); }
  SECTION("end") { topic().partitions[0].end = 6, changed("shop.clicks [0] ends at offset 6, and had reached 7"); }
  SECTION("fewer") { topic().partitions.erase(1), changed("has 1 partitions, and had 2"); }
  SECTION("more") { topic().partitions[2] = {0, 0}, changed("has 3 partitions, and had 2"); }
  SECTION("compacted") { topic().cleanup_policy = "compact, delete", changed("its cleaner removes records"); }
}

TEST_CASE_METHOD(Case, "what became of the table is said by name and number") {
  SECTION("gone") { now.table = std::optional<SealedTable>{}, changed("table public.clicks is gone"); }
  SECTION("server") { table().server = "2", changed("is in another database"); }
  SECTION("database") { table().database = "6", changed("is in another database"); }
  SECTION("another") { table().relations[0].oid = 11, changed("public.clicks (oid 10) is no part of the table any more"); }
  SECTION("a part more") { table().relations.push_back({12, 1, "public.clicks_2", "c"}), changed("public.clicks_2 has become a part"); }
  SECTION("anew") { table().relations[0].filenode = 101, changed("was written anew"); }
  SECTION("columns") { table().relations[0].columns = "x", changed("the columns of public.clicks are others"); }
  SECTION("rows") { table().rows = 11, table().versions = "w", changed("public.clicks has 11 rows, and had 10"); }
  SECTION("replaced") { table().versions = "w", changed("rows of public.clicks were changed or replaced (10 rows as before)"); }
  SECTION("above") { table().last_id = 13, changed("the highest id of public.clicks is 13, and was 12"); }
  SECTION("empty") { table().last_id.reset(), changed("is none, and was 12"); }
  SECTION("declaration") { now.declaration = "e", changed("topics.yaml says otherwise"); }
}

TEST_CASE_METHOD(Case, "tables that the finalizing migration has dropped need not be there") {
  now.table = std::optional<SealedTable>{};
  now.dropped = true;
  CHECK(state().holds());
}

TEST_CASE_METHOD(Case, "what is not known is no yes, unless something has changed for certain") {
  SECTION("topic") { now.topic = tl::unexpected<Error>{silent}; }
  SECTION("id") { topic().id = tl::unexpected<Error>{silent}; }
  SECTION("table") { now.table = tl::unexpected<Error>{silent}; }
  SECTION("policy") { topic().cleanup_policy.clear(); }
  CHECK(state().kind == Proof::unknown);
  CHECK_FALSE(state().holds());
  now.declaration = "e";
  CHECK(state().kind == Proof::changed);
}

TEST_CASE_METHOD(Case, "without an id when it was proved the rest is compared") {
  facts().topic.id.reset();
  topic().id = tl::unexpected<Error>{silent};
  CHECK(state().holds());
  topic().partitions[0].end = 1;
  changed("ends at offset 1");
}

TEST_CASE_METHOD(Case, "rolled back, the application goes on with the table, and new events are not replayed") {
  seal.direction = "rollback";
  table().relations[0].filenode = 7;
  table().rows = 1000;
  table().versions = "w";
  table().last_id = 1012;
  topic().partitions[0].start = 7;  // what was brought back may expire
  topic().cleanup_policy = "compact";
  CHECK(state().holds());
  topic().partitions[1].end = 12;
  changed("shop.clicks [1] got 3 offsets since");
}

TEST_CASE("a journey is sealed at its end only, and only while every proof holds") {
  const auto state = [](const std::string& run, bool at_the_end, std::vector<health::SealState> seals) {
    health::Journey journey{.state = run};
    conclude(journey, {.direction = "deploy", .seals = std::move(seals), .at_the_end = at_the_end});
    return journey.state + ", " + journey.next;
  };
  const health::SealState good{.kind = Proof::holds}, changed{.kind = Proof::changed}, unknown{.kind = Proof::unknown}, absent{};
  CHECK(state("done", true, {good, good}) == "sealed, mykartctl verify");
  CHECK(state("done", false, {good, good}) == "reached, mykartctl deploy");
  for (const auto& other : {changed, unknown, absent}) CHECK(state("done", true, {good, other}) == "unsealed, mykartctl deploy");
  CHECK(state("failed", true, {good}) == "failed, ");
}

TEST_CASE("facts come back as they were written, and anything else proves nothing") {
  const Case c;
  const auto text = to_json_text(*c.seal.facts);
  const auto back = seal_facts_from(text);
  REQUIRE(back);
  CHECK(to_json_text(*back) == text);
  CHECK(back->topic.id == "A");
  CHECK(back->topic.partitions.at(1).start == 2);
  CHECK(back->table.relations == c.seal.facts->table.relations);
  CHECK(back->table.last_id == 12);
  for (const auto* other : {"", "{}", "[]", "nonsense", R"({"declaration":"d","table":{},"topic":{}})"})
    CHECK_FALSE(seal_facts_from(other));
}
