#include <fmt/format.h>

#include <array>

#include "core/text.hpp"
#include "help.hpp"
#include "session.hpp"
#include "versions.hpp"

namespace ctl::cli {
namespace {

Answer help(Session& session) {
  const auto& names = session.arguments().names;
  if (names.empty()) return {overview()};
  const auto path = join(names, " ");
  if (const auto* command = find_command(path)) return {command_page(*command)};
  if (const auto page = topic_page(names[0]); page && names.size() == 1) return {*page};
  if (auto page = noun_page(names[0]); names.size() == 1 && !page.data.find("commands")->list()->empty()) return {std::move(page)};
  // `topics list mykart.clicks --help`: what stands behind the command does not matter to help.
  if (names.size() > 1)
    for (const auto& prefix : {names[0] + " " + names[1], names[0]})
      if (const auto* command = find_command(prefix)) return {command_page(*command)};
  auto known = topic_names();
  for (const auto& section : sections())
    for (const auto& command : section.commands) known.emplace_back(command.path);
  const auto near = nearest(path, known);
  throw Error{Code::usage, {.what = "there is no help about '" + path + "'", .hint = near ? "mykartctl help " + *near : "mykartctl help"}};
}

Answer version(Session& session) {
  Report report{.kind = "version"};
  report.line(fmt::format("mykartctl {}", tool_version()));
  Value libraries{Value::List{}};
  for (const auto& library : libraries_used()) {
    Value one;
    libraries.push(one.set("name", library.name).set("version", library.version));
    if (session.arguments().has("verbose")) report.line(fmt::format("  {:<12}{}", library.name, library.version));
  }
  report.data.set("libraries", std::move(libraries));
  report.names.push_back(std::string{tool_version()});
  return {std::move(report)};
}

Answer show_config(Session& session) { return {settings::report(session.settings(), session.arguments().has("origin"))}; }

constexpr std::array commands{
    Command{.path = "config show",
            .summary = "the settings that a command would use here",
            .details = "Secrets are shown as ***. Nothing is connected to.",
            .options = "origin",
            .examples = "mykartctl config show --origin  # and where each comes from\nmykartctl config show --context staging -o json",
            .exits = "0",
            .timeout = std::chrono::seconds{10},
            .run = show_config},
    Command{.path = "version",
            .summary = "version of mykartctl, with -v of its libraries",
            .examples = "mykartctl version\nmykartctl version -v  # with the libraries, for a bug report",
            .exits = "0",
            .bare = true,
            .run = version},
    Command{.path = "help",
            .names = "[COMMAND…]",
            .summary = "help about a command or a topic",
            .examples = "mykartctl help\nmykartctl help topics monitor\nmykartctl help exit-codes  # what CI can branch on",
            .exits = "0",
            .bare = true,
            .run = help},
};

}  // namespace

std::span<const Command> setup_commands() noexcept { return commands; }

}  // namespace ctl::cli
