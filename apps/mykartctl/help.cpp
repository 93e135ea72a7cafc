#include "help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "render/width.hpp"

namespace ctl::cli {
namespace {

using render::display_width;
using render::wrapped;

constexpr std::size_t width = 92;

std::vector<std::string> lines_of(std::string_view text) { return split(text, '\n'); }

/// "  left      right", right wrapped beside itself.
void entry(Report& page, std::string_view left, std::string_view right, std::size_t column) {
  auto text = std::string{left};
  auto pieces = wrapped(right, width - column);
  if (display_width(left) + 2 > column) {
    page.line(text);
    text.clear();
  }
  for (const auto& piece : pieces) {
    page.line(text + std::string(column - display_width(text), ' ') + piece);
    text.clear();
  }
}

void heading(Report& page, std::string_view text) {
  page.line("");
  page.line(std::string{text}, Style::strong);
}

std::string left_of(const Taken& taken) {
  const auto& option = *taken.option;
  auto left = option.letter.empty() ? fmt::format("      --{}", option.name) : fmt::format("  -{}, --{}", option.letter, option.name);
  if (!taken.value.empty()) left += " " + std::string{taken.value};
  return left;
}

std::string right_of(const Taken& taken) { return std::string{taken.option->help} + (taken.option->repeatable ? "; may be repeated" : ""); }

void option_entries(Report& page, const std::vector<Taken>& taken) {
  std::size_t column = 0;
  for (const auto& one : taken)
    if (const auto needed = display_width(left_of(one)) + 2; needed <= 30) column = std::max(column, needed);
  for (const auto& one : taken) entry(page, left_of(one), right_of(one), column);
}

Value to_value(const Taken& taken) {
  Value value;
  value.set("name", taken.option->name).set("letter", taken.option->letter).set("value", taken.value).set("help", taken.option->help);
  value.set("repeatable", taken.option->repeatable).set("global", taken.option->global);
  return value;
}

Value to_value(const Command& command) {
  Value options{Value::List{}}, examples{Value::List{}};
  for (const auto& one : options_of(command))
    if (!one.option->global) options.push(to_value(one));
  for (const auto& line : lines_of(command.examples)) examples.push(std::string{trim(std::string_view{line}.substr(0, line.find("  #")))});
  Value value;
  value.set("command", command.path).set("names", command.names).set("summary", command.summary).set("details", command.details);
  value.set("timeout_ms", command.timeout.count() > 0 ? Value{command.timeout.count()} : Value{});
  value.set("options", std::move(options)).set("examples", std::move(examples));
  return value;
}

std::string noun_of(std::string_view path) { return std::string{path.substr(0, path.find(' '))}; }

}  // namespace

Report overview() {
  Report page{.kind = "help"};
  page.line("mykartctl moves event tables from PostgreSQL to Kafka topics, and back, and loses nothing.");
  page.line("");
  page.line("  mykartctl preflight    may I start?");
  page.line("  mykartctl deploy       go as far as possible; says what it waits for; run it again to go on");
  page.line("  mykartctl rollback     the tables back, with the events that came since");
  Value commands{Value::List{}};
  std::string_view title;
  std::string noun, verbs;
  const auto flush = [&] {
    if (!noun.empty()) entry(page, "  " + noun, verbs, 14);
    noun.clear();
    verbs.clear();
  };
  for (const auto& section : sections()) {
    if (section.title != title) {
      flush();
      heading(page, section.title);
    }
    title = section.title;
    for (const auto& command : section.commands) {
      commands.push(to_value(command));
      const auto space = command.path.find(' ');
      if (space == std::string_view::npos || noun_of(command.path) != noun) flush();
      if (space == std::string_view::npos) {
        entry(page, "  " + std::string{command.path}, command.summary, 14);
        continue;
      }
      noun = noun_of(command.path);
      verbs += (verbs.empty() ? "" : " · ") + std::string{command.path.substr(space + 1)};
    }
  }
  flush();
  heading(page, "More");
  entry(page, "  mykartctl help COMMAND", "one command: examples, options, exit codes", 28);
  entry(page, "  mykartctl help TOPIC", "options · " + join(topic_names(), " · "), 28);
  page.data.set("commands", std::move(commands));
  return page;
}

Report noun_page(std::string_view noun) {
  Report page{.kind = "help"};
  Value commands{Value::List{}};
  page.line(fmt::format("mykartctl {} VERB", noun), Style::strong).line("");
  for (const auto& section : sections())
    for (const auto& command : section.commands)
      if (noun_of(command.path) == noun) {
        entry(page, fmt::format("  {}{}{}", command.path, command.names.empty() ? "" : " ", command.names), command.summary, 34);
        commands.push(to_value(command));
      }
  page.line("").line(fmt::format("mykartctl help {} VERB says more about each.", noun));
  page.data.set("commands", std::move(commands));
  return page;
}

Report command_page(const Command& command) {
  Report page{.kind = "help", .data = to_value(command)};
  page.line(fmt::format("mykartctl {}{}{}", command.path, command.names.empty() ? "" : " ", command.names), Style::strong);
  for (const auto& line : wrapped(command.summary, width - 2)) page.line("  " + line);
  heading(page, "Examples");
  for (const auto& line : lines_of(command.examples)) {
    const auto hash = line.find("  # ");
    page.line("  " + line.substr(0, hash));
    if (hash != std::string::npos) page.line("      " + line.substr(hash + 4), Style::faint);
  }
  if (!command.details.empty()) {
    page.line("");
    for (const auto& line : wrapped(command.details, width)) page.line(line);
  }
  auto own = options_of(command);
  std::erase_if(own, [](const Taken& taken) { return taken.option->global; });
  if (!own.empty()) {
    heading(page, "Options");
    option_entries(page, own);
  }
  heading(page, "Exit codes");
  for (const auto& code : split(command.exits, ' '))
    for (const auto& known : exit_meanings)
      if (code == fmt::format("{}", static_cast<int>(known.exit))) entry(page, "  " + code, known.meaning, 6);
  page.line("");
  page.line(command.timeout.count() == 0
                ? "Has no time limit unless --timeout sets one."
                : fmt::format("Ends within {} unless --timeout says otherwise.", format_duration(command.timeout)));
  page.line("Options of every command: mykartctl help options. Failures: mykartctl help exit-codes.");
  return page;
}

Report options_page() {
  Report page{.kind = "help"};
  Value options{Value::List{}};
  std::vector<Taken> global, others;
  for (const auto& option : all_options()) (option.global ? global : others).push_back({&option, option.value});
  page.line("Options stand before or behind the command; the same name means the same everywhere.");
  heading(page, "Of every command");
  option_entries(page, global);
  heading(page, "Of some commands");
  option_entries(page, others);
  for (const auto& list : {global, others})
    for (const auto& one : list) options.push(to_value(one));
  page.data.set("options", std::move(options));
  return page;
}

}  // namespace ctl::cli
