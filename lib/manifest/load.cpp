#include <fmt/format.h>

#include <algorithm>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

constexpr std::string_view topics_file = "topics.yaml", connectors_folder = "connectors", migrations_folder = "sql/migrations";

/// The files of a project, remembered with a digest over names and contents.
class Files {
 public:
  explicit Files(const std::string& folder) : folder_{folder} {}

  std::string read(const std::string& name) {
    auto text = read_file(path_in(folder_, name));
    digest_.add(fmt::format("{}\n{}\n", name, text.size()));
    digest_.add(text);
    names_.push_back(name);
    return text;
  }
  [[nodiscard]] std::vector<std::string> in(std::string_view folder, std::string_view suffix) const {
    return files_in(path_in(folder_, folder), suffix);
  }
  [[nodiscard]] std::string digest() { return digest_.hex(); }
  [[nodiscard]] std::vector<std::string> take_names() { return std::move(names_); }

 private:
  const std::string& folder_;
  Sha256 digest_{};
  std::vector<std::string> names_{};
};

void read_connectors(Files& files, Project& project, Problems& problems) {
  for (const auto& name : files.in(connectors_folder, ".json")) {
    const auto file = fmt::format("{}/{}", connectors_folder, name);
    auto connector = read_connector(files.read(file), file, problems);
    if (connector.name.empty()) continue;
    const auto first = std::find_if(project.connectors.begin(), project.connectors.end(),
                                    [&](const ConnectorSpec& c) { return c.name == connector.name; });
    if (first != project.connectors.end())
      problems.push_back({.what = fmt::format("the connector '{}' is declared in {} as well", connector.name, first->file),
                          .at = connector.at,
                          .hint = {},
                          .rule = "connector-name"});
    else
      project.connectors.push_back(std::move(connector));
  }
  std::sort(project.connectors.begin(), project.connectors.end(),
            [](const ConnectorSpec& a, const ConnectorSpec& b) { return a.name < b.name; });
}

}  // namespace

Checked check(const std::string& folder) {
  Checked checked;
  auto& project = checked.project;
  Files files{folder};
  if (!read_file_if(path_in(folder, topics_file))) throw Error{Code::manifest, {.what = "no topics.yaml in " + folder}};
  project.folder = folder;
  project.file = path_in(folder, topics_file);
  read_topics(files.read(std::string{topics_file}), std::string{topics_file}, project, checked.problems);
  read_connectors(files, project, checked.problems);
  Texts scripts;
  for (const auto& name : files.in(migrations_folder, ".sql")) scripts[name] = files.read(fmt::format("{}/{}", migrations_folder, name));
  project.migrations = read_migrations(scripts, std::string{migrations_folder}, checked.problems);
  project.digest = files.digest();
  checked.files = files.take_names();
  std::stable_sort(checked.problems.begin(), checked.problems.end(), [&](const Problem& a, const Problem& b) {
    const auto place = [&](const Problem& p) { return std::find(checked.files.begin(), checked.files.end(), p.at.file); };
    return std::tuple{place(a), a.at.line, a.at.column} < std::tuple{place(b), b.at.line, b.at.column};
  });
  return checked;
}

Project load(const std::string& folder) {
  auto checked = check(folder);
  if (has_errors(checked.problems)) fail(checked.problems);
  return std::move(checked.project);
}

}  // namespace ctl::manifest
