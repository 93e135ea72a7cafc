#pragma once
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/folder.hpp"
#include "support/oracle.hpp"
#include "support/sandbox.hpp"
#include "support/tool.hpp"
#include "value/value.hpp"

/// Shows the text where it lacks the part.
inline bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

/// A small project of a test's own: two topics with a name that no other test has, and a context `local` beside a protected one, `prod`.
class Project {
 public:
  Project() { write("7d", 3); }
  ~Project() {
    for (const auto& topic : {one(), prefix_ + ".two", two()}) try {
        oracle::remove_topic(topic);
      } catch (const std::exception&) {  // it was never made
      }
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  [[nodiscard]] std::string one() const { return prefix_ + ".one"; }
  [[nodiscard]] std::string two() const { return prefix_ + "." + two_; }
  /// The manifest names another topic from now on; the old one stays.
  void rename_two(const std::string& name) {
    std::ifstream in{path("topics.yaml")};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    text.replace(text.find(two()), two().size(), prefix_ + "." + name);
    folder_.file("topics.yaml", text);
    two_ = name;
  }

  /// `more`: further settings of the contexts; `of_two`: what else is said of the second topic, ", source: {…}".
  void write(const std::string& retention, int partitions, const std::string& more = {}, const std::string& of_two = {}) {
    folder_.file("topics.yaml", fmt::format("version: 1\n"
                                            "retired_schema: retired\n"
                                            "defaults: {{partitions: {0}, replication: 1}}\n"
                                            "families:\n"
                                            "  application: {{pattern: {1}.*, description: of a test, retention: {2}}}\n"
                                            "topics:\n"
                                            "  {1}.one: {{description: first, owner: test}}\n"
                                            "  {1}.two: {{description: second, owner: test{3}}}\n",
                                            partitions, prefix_, retention, of_two));
    const auto where = fmt::format("brokers: '{}', database: '{}', connect_url: '{}'{}", sandbox::brokers(), database_.url(),
                                   sandbox::connect_url(), more);
    folder_.file("mykartctl.yaml", fmt::format("default_context: local\n"
                                               "contexts:\n"
                                               "  local: {{{0}}}\n"
                                               "  prod: {{{0}, protected: true}}\n",
                                               where));
  }

  void file(const std::string& name, const std::string& text) { folder_.file(name, text); }

  [[nodiscard]] process::Options options() const { return tool::clean(folder_.path()); }
  [[nodiscard]] process::Options terminal() const {
    auto options = this->options();
    options.terminal = true;
    return options;
  }
  [[nodiscard]] process::Ended run(std::vector<std::string> arguments) const { return tool::run(std::move(arguments), options()); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

  [[nodiscard]] const sandbox::Database& database() const noexcept { return database_; }
  [[nodiscard]] bool exists(const std::string& topic) const {
    return run({"topics", "list", "-o", "name"}).out.find(topic + "\n") != std::string::npos;
  }

 private:
  std::string prefix_{sandbox::unique("cli")}, two_{"two"};
  sandbox::Database database_{"cli"};
  Folder folder_{};
};
