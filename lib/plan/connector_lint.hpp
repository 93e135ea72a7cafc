#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/project.hpp"
#include "value/problems.hpp"

namespace ctl::plan {

/// Something about a connector's config that does nothing, loses something, or shows a secret.
struct Finding {
  std::string key{}, rule{}, message{};
  std::string fix{};  ///< the line to write: "decimal.handling.mode": "string"
  Severity severity{};
  bool operator==(const Finding&) const = default;
};

struct LintFacts {
  std::span<const TopicSpec> declared{};  ///< topics of the manifest: where captured tables are said to arrive
  std::string plugin_version{};           ///< as /connector-plugins tells it ("3.6.1.Final"); "" = not known, then the newest is assumed
};

/// Every finding, by key. Nothing is asked of a server; references are taken as they are written.
[[nodiscard]] std::vector<Finding> lint(const ConnectorSpec&, const LintFacts& = {});

/// A slot or topic prefix that another connector uses as well: each would get a part of the changes.
struct Rival {
  std::string key{}, connector{};
};
[[nodiscard]] std::vector<Rival> rivals(const ConnectorSpec&, const std::map<std::string, Config>& all);

/// Of every connector file of a project, the collisions among them included; topics are the manifest's.
[[nodiscard]] Problems lint(const Project&, std::string_view plugin_version = {});

/// With the place of each key in the connector's file, for fail() and `validate`.
[[nodiscard]] Problems problems(const ConnectorSpec&, std::span<const Finding>);

[[nodiscard]] bool is_postgres(const ConnectorSpec&);  ///< its class is Debezium's PostgreSQL connector
[[nodiscard]] bool older(std::string_view version,
                         std::string_view than) noexcept;  ///< 3.6.1.Final is not older than 3.6.1; "" is older than nothing

}  // namespace ctl::plan
