#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "core/text.hpp"
#include "project.hpp"

using namespace ctl;

namespace {

Value schema() {
  std::ifstream in{PROJECT_DIR "/docs/topics.schema.json"};
  std::stringstream text;
  text << in.rdbuf();
  return parse_json(text.str(), "topics.schema.json");
}

std::vector<std::string> keys_of(const Value& object) {
  std::vector<std::string> keys;
  for (const auto& member : *object.find("properties")->map()) keys.push_back(member.key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

/// The keys that the reader knows in a place, as it says them to who writes another.
std::vector<std::string> known_at(const std::string& before, const std::string& with_unknown) {
  const auto wrong = wrong_with(before, with_unknown);
  const std::string mark = "known here: ";
  INFO(wrong);
  const auto at = wrong.find(mark);
  REQUIRE(at != std::string::npos);
  auto keys = split(wrong.substr(at + mark.size(), wrong.find_first_of(")\n", at) - at - mark.size()), ',');
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace

TEST_CASE("the schema for editors knows the keys that the reader knows, no more and no fewer") {
  const auto all = schema();
  const auto& parts = *all.find("definitions");
  CHECK(keys_of(all) == known_at("version: 1\n", "version: 1\nzzzzzzzzzzzz: 1\n"));
  CHECK(keys_of(*parts.find("defaults")) == known_at("defaults: {", "defaults: {zzzzzzzzzzzz: 1, "));
  CHECK(keys_of(*parts.find("family")) == known_at("    pattern: shop.*\n", "    pattern: shop.*\n    zzzzzzzzzzzz: 1\n"));
  CHECK(keys_of(*parts.find("topic")) == known_at("    owner: web\n", "    owner: web\n    zzzzzzzzzzzz: 1\n"));
  CHECK(keys_of(*parts.find("source")) == known_at("      id: click_id\n", "      id: click_id\n      zzzzzzzzzzzz: 1\n"));
  CHECK(keys_of(*parts.find("field")) == known_at("{name: ip, ", "{name: ip, zzzzzzzzzzzz: 1, "));
}

TEST_CASE("topics.yaml tells editors where its schema is") {
  std::ifstream in{PROJECT_DIR "/topics.yaml"};
  std::string line;
  std::getline(in, line);
  CHECK(line == "# yaml-language-server: $schema=docs/topics.schema.json");
}
