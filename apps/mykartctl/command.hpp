#pragma once
/// The command line as data. A command is one row of a table in commands/: what it is called, what it takes, how it is explained, what it
/// runs. Parsing, checking, help and suggestions are derived from these rows; nothing else knows the name of a command.
#include <chrono>
#include <span>
#include <string_view>

#include "exit_code.hpp"
#include "value/report.hpp"

namespace ctl::cli {

class Session;

/// What a command ends with. A stream (`topics monitor`) has printed already: its report has no kind.
struct Answer {
  Report report{};
  Exit exit{Exit::done};
};

/// An option is declared once and means the same in every command that takes it.
struct Option {
  std::string_view name{};    ///< "from", typed --from
  std::string_view letter{};  ///< "f", typed -f; "" if it has none
  /// What follows it, which is also how it is checked: "" nothing; "a|b|c" one of these; "a,b,c" some of these, with commas; DUR a
  /// duration; N a count; POSITION in a topic; AGE an instant or an age; any other word is free text.
  std::string_view value{};
  std::string_view help{};
  bool repeatable{};
  bool global{};  ///< every command takes it
};

struct Command {
  std::string_view path{};  ///< "topics monitor"
  /// The names it takes, which is also how they are checked: "TOPIC…" one or more, "[TOPIC…]" any number, "NAME", "[NAME]",
  /// "[deploy|rollback]", "GROUP [TOPIC…]" one and any number more.
  std::string_view names{};
  std::string_view summary{};  ///< one line, lower case, no full stop
  std::string_view details{};  ///< what else help says; lines are wrapped
  /// Own options by name, in the order of help. "until=schema|topics" narrows what may follow this option here.
  std::string_view options{};
  std::string_view examples{};          ///< a line each: what is typed, then "  # what for"
  std::string_view exits{};             ///< the exit codes that are answers of this command, "0 4"
  std::chrono::milliseconds timeout{};  ///< of the whole command unless --timeout says otherwise; 0: none
  bool bare{};                          ///< needs no settings: a broken mykartctl.yaml does not matter to it
  Answer (*run)(Session&){};
};

struct Section {
  std::string_view title{};  ///< two sections in a row with one title are shown as one
  std::span<const Command> commands{};
};

[[nodiscard]] std::span<const Option> all_options() noexcept;
[[nodiscard]] std::span<const Section> sections() noexcept;  ///< in the order of help
[[nodiscard]] const Command* find_command(std::string_view path) noexcept;
[[nodiscard]] const Option* find_option(std::string_view name) noexcept;

/// One option as a command takes it: `value` may be narrower than the option's own.
struct Taken {
  const Option* option{};
  std::string_view value{};
};
/// Own options in the order of help, then the global ones. Throws Error{internal} if a row names an option that does not exist.
[[nodiscard]] std::vector<Taken> options_of(const Command&);

// The tables, one file each in commands/.
[[nodiscard]] std::span<const Command> validate_commands() noexcept;
[[nodiscard]] std::span<const Command> migration_commands() noexcept;
[[nodiscard]] std::span<const Command> schema_commands() noexcept;
[[nodiscard]] std::span<const Command> topics_commands() noexcept;
[[nodiscard]] std::span<const Command> topics_delete_commands() noexcept;
[[nodiscard]] std::span<const Command> connector_commands() noexcept;
[[nodiscard]] std::span<const Command> groups_commands() noexcept;
[[nodiscard]] std::span<const Command> events_commands() noexcept;
[[nodiscard]] std::span<const Command> reconcile_commands() noexcept;
[[nodiscard]] std::span<const Command> oncall_commands() noexcept;
[[nodiscard]] std::span<const Command> setup_commands() noexcept;

}  // namespace ctl::cli
