#pragma once
#include <string>
#include <vector>

#include "support/process.hpp"

/// The built binary, started as people and scripts start it: without the settings of the test's own environment.
namespace tool {

inline const std::string path = std::string{BINARY_DIR} + "/mykartctl";

[[nodiscard]] inline process::Options clean(std::string folder = PROJECT_DIR) {
  return {.environment = {{"TERM", "xterm"}},
          .without = {"MYKART_BROKERS", "MYKART_DATABASE", "MYKART_CONNECT_URL", "MYKART_OUTPUT", "MYKART_CONTEXT", "MYKART_PROJECT",
                      "NO_COLOR", "COLUMNS", "KAFKA_BROKERS", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE"},
          .folder = std::move(folder)};
}

[[nodiscard]] inline std::vector<std::string> command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), path);
  return arguments;
}

[[nodiscard]] inline process::Ended run(std::vector<std::string> arguments, process::Options options = clean()) {
  return process::run(command(std::move(arguments)), std::move(options));
}

/// Of a shell, with $TOOL for the binary.
[[nodiscard]] inline process::Ended shell(const std::string& script) {
  auto options = clean();
  options.environment["TOOL"] = path;
  return process::run({"bash", "-c", script}, std::move(options));
}

}  // namespace tool
