#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>

#include "cli.hpp"
#include "core/memory.hpp"
#include "help.hpp"
#include "session.hpp"
#include "signals.hpp"
#include "versions.hpp"

namespace {

using namespace ctl;
using namespace ctl::cli;

template <class E>
E choice(std::string_view word, std::initializer_list<std::string_view> words) {  // what is not among them is reported by check()
  int index = 0;
  for (const auto known : words) {
    if (known == word) return static_cast<E>(index);
    ++index;
  }
  return E{};
}

render::Terminal terminal_of(const Arguments& typed, std::string_view output, const settings::Environment& environment) {
  return {.format = choice<render::Format>(output, {"table", "wide", "json", "yaml", "name"}),
          .colour = choice<render::Colour>(typed.text("color").value_or(""), {"auto", "always", "never"}),
          .progress = choice<render::Showing>(typed.text("progress").value_or(""), {"auto", "bar", "plain", "json", "none"}),
          .verbose = typed.has("verbose"),
          .quiet = typed.has("quiet"),
          .version = std::string{tool_version()},
          .environment = environment};
}

Exit exit_of(const Error& error, const SignalWatch& signals) {
  if (error.code() == Code::interrupted && signals.received() == SIGTERM) return Exit::terminated;
  return cli::exit_of(error.code());
}

/// A command of which 3 is an answer may be stopped at any safe point; the same command goes on.
bool goes_on(const Command& command) {
  const auto answers = split(command.exits, ' ');
  return std::find(answers.begin(), answers.end(), fmt::format("{}", static_cast<int>(Exit::waiting))) != answers.end();
}

Exit fail(render::Output& out, const Error& error, const SignalWatch& signals) {
  const auto exit = exit_of(error, signals);
  out.error(error, static_cast<int>(exit));
  return exit;
}

/// The time that was given is over, and no server is to blame: that is no failure of a command that goes on.
Exit stop(render::Output& out, const Command& command, const Error& error) {
  Report report{.kind = "stopped", .ok = true};
  report.data.set("reason", error.what()).set("next", fmt::format("mykartctl {}", command.path));
  out.print(report, static_cast<int>(Exit::waiting));
  out.show(Report{}.line(fmt::format("waiting for more time: {}; the same command goes on", error.what()), Style::warn));
  return Exit::waiting;
}

Exit fail(Session& session, render::Output& out, const Error& error, const SignalWatch& signals) {
  const auto& command = *session.arguments().command;
  const auto& text = error.text();
  if (!goes_on(command)) return fail(out, error, signals);
  if (error.code() == Code::timeout && text.cause.empty() && session.deadline().over()) return stop(out, command, error);
  if (error.code() != Code::interrupted || !text.hint.empty()) return fail(out, error, signals);
  Error resumable{Code::interrupted, {.what = text.what, .cause = text.cause, .where = text.where, .hint = "the same command goes on"}};
  for (const auto& activity : error.during()) resumable.within(activity);
  return fail(out, resumable, signals);
}

/// The page of what could have followed; the sentence that matters comes last.
Error explain(const Arguments& typed, render::Output& out) {
  const auto& words = typed.names;
  const bool for_people = out.format() != render::Format::json && out.format() != render::Format::yaml;
  if (for_people) out.show(words.empty() ? overview() : noun_page(words[0]));
  return {Code::usage,
          {.what = words.empty() ? "no command was given" : words[0] + " needs a verb",
           .hint = fmt::format("mykartctl help{}{}", words.empty() ? "" : " ", fmt::join(words, " "))}};
}

Exit run(Session& session, render::Output& out, const SignalWatch& signals) {
  try {
    if (session.arguments().incomplete) throw explain(session.arguments(), out);
    auto answer = session.arguments().command->run(session);
    auto& warnings = answer.report.warnings;
    for (const auto& warning : session.settings().warnings)
      if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
    if (!answer.report.kind.empty()) out.print(answer.report, static_cast<int>(answer.exit));
    if (!out.flush()) throw Error{Code::failed, {.what = "the answer could not be written to stdout", .hint = "is the disk full?"}};
    return answer.exit;
  } catch (const Error& error) { return fail(session, out, error, signals); } catch (const std::exception& error) {
    const Error bug{Code::internal, {.what = "internal error", .cause = error.what(), .hint = "report it, with: mykartctl version -v"}};
    return fail(out, bug, signals);
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  SignalWatch signals;  // before anything else: every thread of the process inherits its mask
  const std::vector<std::string> typed(argv + 1, argv + argc);
  const auto environment = settings::read_environment();

  const auto arguments = attempt([&] { return parse(typed); });
  const auto from = attempt([&] { return given(arguments.value_or(Arguments{}), environment); });
  const auto known =
      attempt([&] { return arguments && from && !arguments->command->bare ? settings::resolve(*from) : settings::Settings{}; });
  auto output = known && !known->output.empty() ? known->output : output_wanted(typed);
  if (const auto variable = environment.find("MYKART_OUTPUT"); output.empty() && variable != environment.end()) output = variable->second;
  render::Output out{terminal_of(arguments.value_or(Arguments{}), output, environment)};
  for (const auto* error : {arguments ? nullptr : &arguments.error(), from ? nullptr : &from.error(), known ? nullptr : &known.error()})
    if (error != nullptr) return static_cast<int>(fail(out, *error, signals));

  settings::forget(known->forget);
  Session session{*arguments, *from, *known, out, signals};
  return static_cast<int>(run(session, out, signals));
}
