#include <array>
#include <catch2/catch.hpp>

#include "kafka/producer.hpp"

using namespace std::string_view_literals;

namespace {

struct Place {
  std::string_view key;
  std::array<int, 3> of;  ///< of 3, 7 and 100 partitions
};

/// Computed by org.apache.kafka.common.utils.Utils.murmur2 of kafka-clients 4.3.0.
constexpr Place java[] = {
    {"", {0, 2, 81}},
    {"a", {1, 5, 24}},
    {"ab", {2, 0, 34}},
    {"abc", {0, 4, 7}},
    {"abcd", {2, 5, 0}},
    {"abcde", {1, 4, 41}},
    {"0", {2, 3, 96}},
    {"1", {0, 2, 59}},
    {"42", {1, 3, 72}},
    {"-1", {0, 6, 27}},
    {"null", {2, 5, 71}},
    {"undefined", {2, 3, 44}},
    {"NaN", {0, 6, 13}},
    {"product-1", {0, 4, 23}},
    {"product-2", {0, 5, 64}},
    {"product-7", {2, 0, 25}},
    {"product-42", {0, 3, 90}},
    {"product-999", {0, 2, 24}},
    {"product-1000", {1, 0, 68}},
    {"product-null", {2, 0, 51}},
    {"product-undefined", {2, 1, 85}},
    {"product-NaN", {0, 3, 89}},
    {"page-/", {2, 4, 94}},
    {"page-/products/17", {1, 1, 49}},
    {"/", {0, 2, 8}},
    {"é", {0, 4, 71}},
    {"café", {0, 6, 74}},
    {"日本語", {1, 6, 70}},
    {"😀", {0, 0, 17}},
    {"product-é", {1, 1, 17}},
    {" ", {0, 2, 21}},
    {"\n", {2, 2, 40}},
    {"\0"sv, {2, 0, 88}},
    {"Product-1", {1, 1, 51}},
    {"2024-03-01T12:00:00.123Z", {0, 0, 28}},
    {R"({"id":1})", {0, 3, 16}},
    {"anonymous", {1, 0, 90}},
    {"session-5f2c9d1e-0b7a-4c55-9e4e-8f1f5f0f3a21", {0, 3, 49}},
};

}  // namespace

TEST_CASE("a key lands where Java's and kafkajs' default partitioner puts it") {
  for (const auto& [key, of] : java) {
    INFO(key);
    CHECK(ctl::kafka::partition_of(key, 1) == 0);
    CHECK(ctl::kafka::partition_of(key, 3) == of[0]);
    CHECK(ctl::kafka::partition_of(key, 7) == of[1]);
    CHECK(ctl::kafka::partition_of(key, 100) == of[2]);
  }
}

TEST_CASE("a long key, and a view that is not null-terminated, are hashed by their length") {
  std::string alphabet;
  for (int i = 0; i < 1000; ++i) alphabet += static_cast<char>('a' + i % 26);
  CHECK(ctl::kafka::partition_of(alphabet, 100) == 83);
  CHECK(ctl::kafka::partition_of(std::string_view{alphabet}.substr(0, 3), 100) == 7);  // "abc"
  CHECK(ctl::kafka::partition_of(std::string_view{}, 100) == 81);
}
