#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "core/text.hpp"
#include "model/record_position.hpp"

namespace ctl::cli {

/// What was typed, checked against the command's row: a value that is there converts.
struct Arguments {
  const Command* command{};
  std::vector<std::string> names{};                                        ///< the positionals behind the command
  std::map<std::string, std::vector<std::string>, std::less<>> options{};  ///< by name, as typed
  bool incomplete{};  ///< no verb was typed: `names` is as far as it got, `command` is help, and it is an error

  [[nodiscard]] bool has(std::string_view option) const { return options.find(option) != options.end(); }
  [[nodiscard]] std::size_t times(std::string_view option) const;
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view option) const;  ///< empty if it was not given
  [[nodiscard]] std::optional<std::string> text(std::string_view option) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view option) const;  ///< of "a,b,c"
  [[nodiscard]] std::optional<std::int64_t> count(std::string_view option) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::string_view option) const;
  [[nodiscard]] std::optional<RecordPosition> position(std::string_view option) const;
  [[nodiscard]] std::optional<Millis> instant(std::string_view option) const;
};

/// Throws Error{usage} that names the option or the name, what was typed, and what could have been.
void check(const Arguments&);

}  // namespace ctl::cli
