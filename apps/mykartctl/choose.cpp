#include "choose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace ctl::cli {
namespace {

bool among(const std::vector<std::string>& all, const std::string& name) { return std::find(all.begin(), all.end(), name) != all.end(); }

}  // namespace

std::vector<std::string> chosen(const std::vector<std::string>& named, const std::vector<std::string>& declared, std::string_view what) {
  for (const auto& name : named) {
    if (among(declared, name)) continue;
    const auto near = nearest(name, declared);
    throw Error{Code::usage,
                {.what = fmt::format("no {} {} is declared", what, name), .hint = near ? *near : "declared are: " + join(declared, ", ")}};
  }
  if (named.empty()) return declared;
  std::vector<std::string> some;
  std::copy_if(declared.begin(), declared.end(), std::back_inserter(some), [&](const std::string& name) { return among(named, name); });
  return some;
}

std::vector<EventTable> chosen_tables(const std::vector<std::string>& named, const Project& project) {
  std::vector<std::string> known;
  for (const auto& table : project.tables) known.insert(known.end(), {table.table.name, to_string(table.table), table.topic});
  static_cast<void>(chosen(named, known, "event table or topic"));
  std::vector<EventTable> tables;
  std::copy_if(project.tables.begin(), project.tables.end(), std::back_inserter(tables), [&](const EventTable& table) {
    return named.empty() || among(named, table.table.name) || among(named, to_string(table.table)) || among(named, table.topic);
  });
  return tables;
}

std::map<std::string, TopicState> existing(kafka::Cluster& cluster, std::span<const std::string> topics, std::string_view command,
                                           const Deadline& until) {
  std::map<std::string, TopicState> found;
  for (auto& [topic, state] : cluster.describe(topics, until)) {
    if (!state && state.error().code() == Code::not_found) {
      const auto near = nearest(topic, cluster.topics(until));
      throw Error{Code::not_found,
                  {.what = "there is no topic " + topic, .hint = near ? fmt::format("{} {}", command, *near) : "mykartctl topics list"}};
    }
    if (!state) throw Error{state.error()};
    found.emplace(topic, std::move(*state));
  }
  return found;
}

}  // namespace ctl::cli
