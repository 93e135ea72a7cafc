#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "manifest/manifest.hpp"
#include "plan/connector_lint.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

/// Keeps what was found in the named files. They are judged together with the rest: half of the rules are about what files say of each
/// other.
void only_in(const std::vector<std::string>& names, manifest::Checked& checked, const std::string& folder) {
  std::vector<std::string> files;
  for (auto name : names) {
    if (name.starts_with(folder + "/")) name = name.substr(folder.size() + 1);
    if (name.starts_with("./")) name = name.substr(2);
    if (std::find(checked.files.begin(), checked.files.end(), name) == checked.files.end()) {
      const auto near = nearest(name, checked.files);
      throw Error{
          Code::usage,
          {.what = name + " is no file of the project in " + folder, .hint = near ? "mykartctl validate " + *near : "mykartctl validate"}};
    }
    files.push_back(std::move(name));
  }
  std::erase_if(checked.problems,
                [&](const Problem& problem) { return std::find(files.begin(), files.end(), problem.at.file) == files.end(); });
  checked.files = std::move(files);
}

Answer validate(Session& session) {
  const auto folder = session.folder();
  auto checked = manifest::check(folder);
  for (auto& finding : plan::lint(checked.project)) checked.problems.push_back(std::move(finding));
  if (const auto& names = session.arguments().names; !names.empty()) only_in(names, checked, folder);
  auto report = manifest::report(checked.problems, checked.files, session.arguments().has("strict"));
  const auto exit = report.ok == true ? Exit::done : Exit::manifest;
  return {std::move(report), exit};
}

constexpr std::array commands{
    Command{.path = "validate",
            .names = "[FILE…]",
            .summary = "are my files right? No server is asked",
            .details =
                "Reads topics.yaml, connectors/ and sql/ and shows everything that is wrong, with its place and what to write instead. "
                "With FILE: only what was found there.",
            .options = "strict",
            .examples = "mykartctl validate\n"
                        "mykartctl validate topics.yaml --strict  # in a merge request: warnings are errors",
            .exits = "0 65",
            .timeout = std::chrono::seconds{30},
            .run = validate},
};

}  // namespace

std::span<const Command> validate_commands() noexcept { return commands; }

}  // namespace ctl::cli
