#include <catch2/catch.hpp>

#include "model/topic.hpp"

using ctl::same_config;

TEST_CASE("config values that mean the same to a broker are the same, however they are spelt") {
  CHECK(same_config("604800000", "604800000"));
  CHECK(same_config("0604800000", " 604800000 "));
  CHECK(same_config("0.50", "0.5"));
  CHECK(same_config("TRUE", "true"));
  CHECK(same_config("delete, compact", "compact,delete"));
  CHECK(same_config("", ""));
}

TEST_CASE("values that differ are different, also where a double could not tell") {
  CHECK_FALSE(same_config("9223372036854775807", "9223372036854775806"));
  CHECK_FALSE(same_config("0.5", "0.51"));
  CHECK_FALSE(same_config("true", "false"));
  CHECK_FALSE(same_config("LZ4", "lz4"));  // the broker minds
  CHECK_FALSE(same_config("compact", "compact,delete"));
  CHECK_FALSE(same_config("", "0"));
}
