#pragma once
#include <catch2/catch.hpp>

/// Requires the exit code of a process::Ended, and shows what it said when it is another one.
#define EXPECT_STATUS(ended, wanted)                                \
  do {                                                              \
    const auto ended_ = (ended);                                    \
    INFO("stdout:\n" << ended_.out << "\nstderr:\n" << ended_.err); \
    REQUIRE(ended_.status == (wanted));                             \
  } while (false)
