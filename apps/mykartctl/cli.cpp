#include "cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

namespace ctl::cli {
namespace {

struct Typed {
  std::vector<std::string> words{};  ///< neither options nor their values
  std::map<std::string, std::vector<std::string>, std::less<>> options{};
};

std::vector<std::string> option_words() {
  std::vector<std::string> all;
  for (const auto& option : all_options()) all.push_back("--" + std::string{option.name});
  return all;
}

[[noreturn]] void unknown_option(const std::string& word) {
  const auto name = word.substr(0, word.find('='));  // never the value: it may be a secret
  const auto near = name.starts_with("--") ? nearest(name, option_words()) : std::nullopt;
  std::string hint = near ? *near : "mykartctl help options";
  if (!near && name.find("pass") != std::string::npos) hint = "passwords are never options: mykartctl help environment";
  throw Error{Code::usage, {.what = "unknown option '" + name + "'", .hint = std::move(hint)}};
}

/// CLI11 finds the options and their values, and nothing else. One flat app with every option: what a word means does not depend on the
/// command, and subcommands of CLI11 could neither name the word that was wrong nor take an option in front of the command that owns it.
Typed take_apart(const std::vector<std::string>& typed) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const Option*, const CLI::Option*>> declared;
  for (const auto& option : all_options()) {
    const auto names = option.letter.empty() ? fmt::format("--{}", option.name) : fmt::format("-{},--{}", option.letter, option.name);
    auto* added = option.value.empty() ? app.add_flag(names) : app.add_option(names)->allow_extra_args(false);
    declared.emplace_back(&option, added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
  }
  try {
    app.parse(std::vector<std::string>{typed.rbegin(), typed.rend()});  // it wants them in reverse
  } catch (const CLI::ArgumentMismatch&) {
    const auto& last = typed.back();  // the only way to miss a value is to end
    throw Error{Code::usage, {.what = last + " needs a value"}};
  } catch (const CLI::ParseError& e) { throw Error{Code::usage, {.what = "the command line was not understood", .cause = e.what()}}; }
  Typed result;
  for (const auto& [option, added] : declared)
    if (added->count() > 0) result.options[std::string{option->name}] = added->results();
  bool literal = false;
  for (auto& word : app.remaining()) {
    if (!literal && word == "--")
      literal = true;
    else if (!literal && word.size() > 1 && word.starts_with('-'))
      unknown_option(word);
    else
      result.words.push_back(std::move(word));
  }
  return result;
}

std::vector<std::string> second_words(std::string_view noun) {
  std::vector<std::string> verbs;
  for (const auto& section : sections())
    for (const auto& command : section.commands)
      if (command.path.size() > noun.size() && command.path.starts_with(noun) && command.path[noun.size()] == ' ')
        verbs.emplace_back(command.path.substr(noun.size() + 1));
  return verbs;
}

[[noreturn]] void unknown_command(const std::vector<std::string>& words) {
  std::set<std::string> first;
  std::vector<std::string> with_this_verb;
  for (const auto& section : sections())
    for (const auto& command : section.commands) {
      const auto space = command.path.find(' ');
      first.emplace(command.path.substr(0, space));
      if (space != std::string_view::npos && command.path.substr(space + 1) == words[0])
        with_this_verb.push_back("mykartctl " + std::string{command.path});
    }
  const auto near = nearest(words[0], std::vector<std::string>{first.begin(), first.end()});
  std::string hint = "mykartctl help";
  if (words.size() > 1 && find_command(words[1] + " " + words[0]) != nullptr)
    hint = fmt::format("mykartctl {} {}", words[1], words[0]);
  else if (!with_this_verb.empty())
    hint = join(with_this_verb, ", ");
  else if (near)
    hint = fmt::format("mykartctl {}{}{}", *near, words.size() > 1 ? " " : "", words.size() > 1 ? words[1] : "");
  throw Error{Code::usage, {.what = "unknown command '" + words[0] + "'", .hint = std::move(hint)}};
}

/// Takes the words of the command off the front of `words`.
const Command& take_command(std::vector<std::string>& words) {
  if (words.size() > 1)
    if (const auto* command = find_command(words[0] + " " + words[1])) {
      words.erase(words.begin(), words.begin() + 2);
      return *command;
    }
  if (const auto* command = find_command(words[0])) {
    words.erase(words.begin());
    return *command;
  }
  const auto verbs = second_words(words[0]);
  if (verbs.empty()) unknown_command(words);
  if (words.size() == 1)
    throw Error{Code::usage, {.what = words[0] + " needs a verb: " + join(verbs, " "), .hint = "mykartctl help " + words[0]}};
  const auto near = nearest(words[1], verbs);
  throw Error{Code::usage,
              {.what = fmt::format("unknown command '{} {}'", words[0], words[1]),
               .hint = near ? fmt::format("mykartctl {} {}", words[0], *near) : fmt::format("{} has: {}", words[0], join(verbs, " "))}};
}

}  // namespace

Arguments parse(const std::vector<std::string>& typed) {
  auto [words, options] = take_apart(typed);
  if (options.contains("help") || options.contains("version")) {
    const bool help = options.contains("help");
    std::erase_if(options, [](const auto& option) { return !find_option(option.first)->global; });
    options.erase("help");
    options.erase("version");
    return {.command = find_command(help ? "help" : "version"),
            .names = help ? std::move(words) : std::vector<std::string>{},
            .options = std::move(options)};
  }
  if (words.empty() || (words.size() == 1 && find_command(words[0]) == nullptr && !second_words(words[0]).empty()))
    return {.command = find_command("help"), .names = std::move(words), .options = std::move(options), .incomplete = true};
  Arguments arguments{.command = &take_command(words), .options = std::move(options)};
  arguments.names = std::move(words);
  check(arguments);
  return arguments;
}

std::string output_wanted(const std::vector<std::string>& typed) {
  std::string wanted;
  for (std::size_t i = 0; i < typed.size() && typed[i] != "--"; ++i) {
    const std::string_view word = typed[i];
    if (word == "-o" || word == "--output")
      wanted = i + 1 < typed.size() ? typed[i + 1] : "";
    else if (word.starts_with("--output="))
      wanted = word.substr(9);
    else if (word.starts_with("-o"))
      wanted = word.substr(word.starts_with("-o=") ? 3 : 2);
  }
  return wanted;
}

}  // namespace ctl::cli
