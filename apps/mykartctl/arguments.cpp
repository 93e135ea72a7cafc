#include "arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ctl::cli {
namespace {

[[noreturn]] void wrong(const Taken& taken, std::string_view typed, std::string_view why, std::string hint) {
  throw Error{Code::usage, {.what = fmt::format("--{}: '{}' {}", taken.option->name, typed, why), .hint = std::move(hint)}};
}

void one_of(const Taken& taken, const std::string& typed, char separator) {
  const auto choices = split(taken.value, separator);
  if (std::find(choices.begin(), choices.end(), typed) != choices.end()) return;
  const auto near = nearest(typed, choices);
  wrong(taken, typed, "is none of " + join(choices, " "), near ? fmt::format("--{} {}", taken.option->name, *near) : "");
}

/// A secret on the command line is in the process list and in the shell's history.
void refuse_secret(const Taken& taken, std::string_view typed) {
  const auto refuse = [&](std::string_view where, std::string_view instead) {
    throw Error{Code::usage,
                {.what = fmt::format("--{} holds a {}, which every user of this machine can see", taken.option->name, where),
                 .hint = std::string{instead}}};
  };
  if (taken.value == "URL") {
    const auto scheme = typed.find("://");
    const auto authority =
        scheme == std::string_view::npos ? std::string_view{} : typed.substr(scheme + 3, typed.find('/', scheme + 3) - scheme - 3);
    const auto user = authority.substr(0, authority.rfind('@') == std::string_view::npos ? 0 : authority.rfind('@'));
    if (user.find(':') != std::string_view::npos || typed.find("password=") != std::string_view::npos)
      refuse("password", taken.option->name == "database" ? "~/.pgpass (host:port:database:user:password), or PGPASSWORD"
                                                          : "connect_password_file in mykartctl.yaml");
  }
  if (taken.option->name == "kafka-property") {
    const auto key = typed.substr(0, typed.find('='));
    for (const std::string_view word : {"password", "secret", "ssl.key.pem", "ssl_key"})
      if (key.find(word) != std::string_view::npos) refuse("secret", "kafka_properties in mykartctl.yaml, with the value in a file");
  }
}

void check_option(const Taken& taken, const std::string& typed) {
  if (taken.value.find('|') != std::string_view::npos) return one_of(taken, typed, '|');
  if (taken.value.find(',') != std::string_view::npos) {
    for (const auto& piece : split(typed, ',')) one_of(taken, piece, ',');
  }
  if (typed.empty()) wrong(taken, typed, "is empty", "");
  if (taken.value == "DUR") {
    const auto duration = parse_duration(typed);
    if (parse_integer(typed)) wrong(taken, typed, "has no unit", fmt::format("--{} {}s", taken.option->name, typed));
    if (!duration || duration->count() == 0) wrong(taken, typed, "is no duration", "500ms, 30s, 5m, 12h or 7d");
  }
  if (taken.value == "N" && parse_integer(typed).value_or(-1) < 0) wrong(taken, typed, "is no count", "a whole number, 0 or more");
  if (taken.value == "POSITION" && !parse_record_position(typed, now()))
    wrong(taken, typed, "is no position", "beginning, end, -10 (the last ten), 12345 (an offset), 2026-11-22T10:00:00Z or -2h");
  if (taken.value == "AGE" && !parse_instant_or_age(typed, now())) wrong(taken, typed, "is no instant", "2026-11-22T10:00:00Z or -2h");
  if (taken.value == "ID/AGE" && !parse_integer(typed) && !parse_instant_or_age(typed, now()))
    wrong(taken, typed, "is no id and no instant", "12345, 2026-11-22T10:00:00Z or -2h");
  if (taken.value == "KEY=VALUE" && typed.find('=') + 1 <= 1) wrong(taken, typed, "is no KEY=VALUE", "socket.timeout.ms=5000");
  refuse_secret(taken, typed);
}

void check_names(const Command& command, const std::vector<std::string>& names) {
  auto shape = command.names;
  const bool optional = shape.starts_with('[');
  if (optional) shape = shape.substr(1, shape.size() - 2);
  const bool several = shape.find("…") != std::string_view::npos;
  const auto usage = fmt::format("mykartctl {}{}{}", command.path, command.names.empty() ? "" : " ", command.names);
  if (names.empty() && !optional && !shape.empty())
    throw Error{Code::usage, {.what = fmt::format("{} needs {}", command.path, shape), .hint = usage}};
  const std::size_t most = shape.empty() ? 0 : several ? names.size() : 1;
  if (names.size() > most)
    throw Error{Code::usage, {.what = fmt::format("{} does not take '{}'", command.path, names[most]), .hint = usage}};
  if (shape.find('|') == std::string_view::npos || names.empty()) return;
  const auto choices = split(shape, '|');
  if (std::find(choices.begin(), choices.end(), names[0]) != choices.end()) return;
  const auto near = nearest(names[0], choices);
  throw Error{Code::usage,
              {.what = fmt::format("{}: '{}' is none of {}", command.path, names[0], join(choices, " ")),
               .hint = near ? fmt::format("mykartctl {} {}", command.path, *near) : usage}};
}

}  // namespace

std::size_t Arguments::times(std::string_view option) const { return texts(option).size(); }
const std::vector<std::string>& Arguments::texts(std::string_view option) const {
  static const std::vector<std::string> none;
  const auto found = options.find(option);
  return found == options.end() ? none : found->second;
}
std::optional<std::string> Arguments::text(std::string_view option) const {
  const auto& values = texts(option);
  return values.empty() ? std::nullopt : std::optional{values.back()};
}
std::vector<std::string> Arguments::list(std::string_view option) const { return split(text(option).value_or(""), ','); }
std::optional<std::int64_t> Arguments::count(std::string_view option) const {
  return has(option) ? parse_integer(*text(option)) : std::nullopt;
}
std::optional<std::chrono::milliseconds> Arguments::duration(std::string_view option) const {
  return has(option) ? parse_duration(*text(option)) : std::nullopt;
}
std::optional<RecordPosition> Arguments::position(std::string_view option) const {
  return has(option) ? parse_record_position(*text(option), now()) : std::nullopt;
}
std::optional<Millis> Arguments::instant(std::string_view option) const {
  return has(option) ? parse_instant_or_age(*text(option), now()) : std::nullopt;
}

void check(const Arguments& typed) {
  const auto taken = options_of(*typed.command);
  for (const auto& [name, values] : typed.options) {
    const auto found = std::find_if(taken.begin(), taken.end(), [&, &wanted = name](const Taken& t) { return t.option->name == wanted; });
    if (found == taken.end())
      throw Error{Code::usage,
                  {.what = fmt::format("{} does not take --{}", typed.command->path, name),
                   .hint = fmt::format("mykartctl help {}", typed.command->path)}};
    if (values.size() > 1 && !found->option->repeatable)
      throw Error{Code::usage, {.what = fmt::format("--{} was given {} times", name, values.size()), .hint = "give it once"}};
    for (const auto& value : values) {
      if (!found->value.empty())
        check_option(*found, value);
      else if (value != "true")
        throw Error{Code::usage, {.what = fmt::format("--{} takes no value", name), .hint = fmt::format("--{}", name)}};
    }
  }
  check_names(*typed.command, typed.names);
  if (typed.has("verbose") && typed.has("quiet")) throw Error{Code::usage, {.what = "--verbose and --quiet contradict each other"}};
}

}  // namespace ctl::cli
