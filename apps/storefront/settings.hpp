#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "database.hpp"
#include "load.hpp"
#include "store_kafka.hpp"

namespace storefront {

struct Settings {
  std::string host{};
  int port{};
  DatabaseSettings database{};
  KafkaSettings kafka{};                        ///< no brokers: events go to PostgreSQL
  LoadSettings load{};                          ///< rates 0: only what visitors ask for
  std::optional<std::chrono::seconds> limit{};  ///< none: until SIGTERM
  std::uint64_t seed{};
  std::filesystem::path ledger{};
  bool help{};
};

extern const char* const usage;  ///< the text of --help

/// From the command line (without the program's name) and the environment. Throws ctl::Error{usage} for what it does not know.
[[nodiscard]] Settings read_settings(const std::vector<std::string>& arguments);

}  // namespace storefront
