#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/project.hpp"
#include "value/problems.hpp"
#include "value/report.hpp"

/// Room manifest: what the operator writes (topics.yaml, connectors/*.json, sql/migrations/*.sql) becomes a Project, read strictly and
/// checked without any server. It knows the files and the model; it does not know what is live, nor what a plan does with it.
namespace ctl::manifest {

/// A project as far as it could be read, with everything that is wrong in it. Only without errors is the project whole.
struct Checked {
  Project project{};
  Problems problems{};               ///< in the order of the files
  std::vector<std::string> files{};  ///< every file that was read, relative to the folder
};

/// Reads everything below `folder`. Throws only when topics.yaml is not there or a file cannot be read.
[[nodiscard]] Checked check(const std::string& folder);
/// The same, but throws Error{manifest} that names every error at once. Warnings pass.
[[nodiscard]] Project load(const std::string& folder);

/// A topics.yaml of what is live, whose plan is empty: families as `project` has them (topics that fit none are of the family "exported"),
/// and of configs only those that are set on the topic itself. What no cluster knows (description, owner, captures) comes from `project`;
/// `source` is left out.
[[nodiscard]] Value exported(std::span<const TopicState> live, const Project& project);

/// One connector file: {name, config}, values normalised to text as Connect stores them.
[[nodiscard]] ConnectorSpec read_connector(std::string_view text, const std::string& file, Problems&);

/// `validate`: WHERE SEVERITY RULE MESSAGE FIX. ok is false with an error, and with a warning if `strict`.
[[nodiscard]] Report report(const Problems&, const std::vector<std::string>& files, bool strict);

}  // namespace ctl::manifest
