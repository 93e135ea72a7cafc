#include "plan/connector_lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/text.hpp"
#include "model/include_list.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_topics.hpp"

namespace ctl::plan {
namespace {

/// Collects what is found about one connector.
struct Lint {
  const ConnectorSpec& spec;
  const LintFacts& facts;
  std::vector<Finding> found{};

  [[nodiscard]] bool has(std::string_view key) const { return !spec.get(key).empty(); }
  void add(std::string_view key, Severity severity, std::string_view rule, std::string message, std::string fix) {
    found.push_back(
        {.key = std::string{key}, .rule = std::string{rule}, .message = std::move(message), .fix = std::move(fix), .severity = severity});
  }
  void wrong(std::string_view key, std::string_view rule, std::string message, std::string fix) {
    add(key, Severity::error, rule, std::move(message), std::move(fix));
  }
  void doubtful(std::string_view key, std::string_view rule, std::string message, std::string fix) {
    add(key, Severity::warning, rule, std::move(message), std::move(fix));
  }
};

std::string line(std::string_view key, std::string_view value) { return fmt::format("\"{}\": \"{}\"", key, value); }

/// A name that works unquoted in SQL: publication names are not quoted by Debezium, and slot names may hold nothing else.
bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 63 && (name[0] < '0' || name[0] > '9') && std::all_of(name.begin(), name.end(), plain);
}

std::string variable_of(std::string_view key) {
  if (key == "database.password") return "DBZ_PASSWORD";
  std::string name{key};
  for (auto& c : name)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ? c : '_';
  return name;
}

void secrets(Lint& lint) {
  for (const auto& [key, value] : lint.spec.config) {
    if (!is_secret_key(key) || value.empty()) continue;
    const auto fix = line(key, "${env:" + variable_of(key) + "}");
    if (!is_reference(value))
      lint.wrong(key, "secret-in-clear",
                 "a secret in clear: in the file, in Connect's config topic, and for everybody who may ask its REST API", fix);
    else if (value.find("${mykartctl:") != std::string::npos)
      lint.doubtful(key, "secret-in-clear", "is resolved before Connect gets it, whose REST API then shows it in clear", fix);
  }
}

void keys(Lint& lint) {
  for (const auto& [key, value] : lint.spec.config) {
    if (const auto* note = note_on(key))
      lint.wrong(key, note->rule, std::string{note->message}, std::string{note->fix});
    else if (const auto known = misspelt(key))
      lint.doubtful(key, "unknown-key", "no setting of the connector is called so, and it takes no notice", line(*known, value));
  }
}

void required(Lint& lint) {
  for (const std::string_view key : {"database.hostname", "database.user", "database.dbname", "topic.prefix", "table.include.list"})
    if (!lint.has(key)) lint.wrong(key, "missing-key", "is missing", line(key, "…"));
}

/// Entries that are more or less than one table's name, and those that take another captured table as well.
void included(Lint& lint) {
  const auto wrong = [&](std::string message, const std::string& fix) {
    lint.wrong("table.include.list", "bad-name", std::move(message), line("table.include.list", fix));
  };
  std::set<TableName> captured;
  for (const auto& table : lint.spec.tables()) captured.insert(table);
  for (const auto& topic : lint.facts.declared)
    if (!topic.captures.empty()) captured.insert(table_name(topic.captures));
  for (const auto& entry : include_entries(lint.spec.get("table.include.list"))) {
    const auto one = included_table(entry);
    if (!one && entry.find('"') != std::string::npos)
      wrong(fmt::format("'{}' has quotes, and Debezium compares the plain name", entry), "public.Orders");
    else if (!one)
      wrong(fmt::format("'{}' is no schema.table: patterns would capture tables that nobody named", entry),
            "public.orders,public.customers");
    for (const auto& other : captured)
      if (one && other != one->table && one->takes(other))
        lint.wrong("table.include.list", "case-only",
                   fmt::format("'{}' takes {} as well as {}: Debezium compares names without their case", entry, to_string(other),
                               to_string(one->table)),
                   line("table.include.list", "(?-i)" + include_entry(one->table)));
  }
}

void names(Lint& lint) {
  for (const std::string_view key : {"publication.name", "slot.name"})
    if (lint.has(key) && !is_reference(lint.spec.get(key)) && !is_plain_name(lint.spec.get(key)))
      lint.wrong(key, "bad-name", "only a-z, 0-9 and _ work: Debezium writes it unquoted into SQL and compares it with its case",
                 line(key, "shop_cdc"));
  const auto prefix = lint.spec.get("topic.prefix");
  if (!is_reference(prefix) && !std::all_of(prefix.begin(), prefix.end(), [](char c) {
        return is_plain_name({&c, 1}) || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
      }))
    lint.wrong("topic.prefix", "bad-name", "is no legal begin of a topic's name", line("topic.prefix", "shop"));
  included(lint);
}

/// A value that is wrong, given or by default, and the one to write instead ("" = remove the line).
struct ValueRule {
  std::string_view key{}, otherwise{};
  bool (*bad)(std::string_view value){};
  Severity severity{};
  std::string_view rule{}, message{}, write{};
  std::string_view since{}, fixed_in{};  ///< of the plugin: the rule holds in between
};
constexpr auto error = Severity::error, warning = Severity::warning;

constexpr std::array<ValueRule, 15> value_rules{{
    {"plugin.name", "decoderbufs", [](std::string_view v) { return v != "pgoutput"; }, error, "plugin-name",
     "the default, decoderbufs, needs an extension in the server; pgoutput is built in", "pgoutput"},
    {"publication.autocreate.mode", "all_tables", [](std::string_view v) { return v == "all_tables"; }, error, "publication-mode",
     "the default publishes every table of the database, makes UPDATE and DELETE fail on those without a key, and needs a superuser",
     "disabled"},
    {"publication.autocreate.mode", "all_tables", [](std::string_view v) { return v == "filtered" || v == "no_tables"; }, error,
     "publication-mode",
     "the connector would change the publication itself, which needs ownership of every table and drops what was added by hand",
     "disabled"},
    {"slot.drop.on.stop", "false", [](std::string_view v) { return v == "true"; }, error, "slot-dropped",
     "every stop would throw the position away: what changes until the next start is lost", ""},
    {"heartbeat.interval.ms", "0", [](std::string_view v) { return v == "0"; }, error, "heartbeat",
     "without heartbeats nothing is acknowledged while the captured tables are idle, and the WAL grows", "5000"},
    {"heartbeat.action.query", "", [](std::string_view v) { return v.empty(); }, warning, "heartbeat",
     "a heartbeat that writes nothing acknowledges no WAL of other tables and databases",
     "SELECT pg_logical_emit_message(true, 'heartbeat', '')"},
    {"offset.mismatch.strategy", "no_validation", [](std::string_view v) { return v == "no_validation"; }, warning, "silent-gap",
     "a slot that moved past the stored offset is followed without an error: what lies between is lost", "trust_offset", "3.4"},
    {"snapshot.max.threads", "1", [](std::string_view v) { return v != "1"; }, error, "torn-snapshot",
     "the threads of a parallel snapshot do not see the same instant", "", "", "3.6.2"},
    {"snapshot.mode", "initial", [](std::string_view v) { return v == "never"; }, error, "dead-value",
     "is called no_data since Debezium 2.6", "no_data", "2.6"},
    {"tasks.max", "1", [](std::string_view v) { return v != "1"; }, warning, "one-task",
     "a slot has one reader, so the PostgreSQL connector always has one task", "1"},
    {"errors.tolerance", "none", [](std::string_view v) { return v == "all"; }, warning, "skips",
     "changes that cannot be converted are left out without a word", "none"},
    {"slot.name", "", [](std::string_view v) { return v.empty(); }, warning, "missing-key",
     "the default \"debezium\" is the slot of every connector that names none", "shop_slot"},
    {"decimal.handling.mode", "precise", [](std::string_view v) { return v == "double"; }, error, "decimal-double",
     "money as a binary fraction: 0.1 + 0.2 is not 0.3", "string"},
    {"decimal.handling.mode", "precise", [](std::string_view v) { return v == "precise"; }, warning, "decimal-base64",
     "numeric columns arrive as base64 in JSON without a schema", "string"},
    {"time.precision.mode", "adaptive", [](std::string_view v) { return v != "isostring" && v != "connect"; }, warning, "time-unit",
     "times arrive as numbers whose unit depends on the column's precision, and JSON does not say which", "isostring", "3.0"},
}};

void values(Lint& lint) {
  const std::string_view version = lint.facts.plugin_version;
  for (const auto& rule : value_rules) {
    if (!rule.bad(lint.spec.get(rule.key, rule.otherwise))) continue;
    if (older(version, rule.since) || (!version.empty() && !rule.fixed_in.empty() && !older(version, rule.fixed_in))) continue;
    lint.add(rule.key, rule.severity, rule.rule, std::string{rule.message},
             rule.write.empty() ? "remove the line" : line(rule.key, rule.write));
  }
}

void routes(Lint& lint) {
  std::size_t elsewhere = 0;
  std::string first;
  std::map<std::string, std::string> taken;
  for (const auto& table : lint.spec.tables()) {
    const auto topic = topic_of(lint.spec, table);
    if (!topic) {
      lint.doubtful("transforms", "unknown-route", fmt::format("it cannot be told which topic {} goes to", to_string(table)), "");
      continue;
    }
    if (const auto [other, is_new] = taken.emplace(*topic, to_string(table)); !is_new)
      lint.wrong("table.include.list", "shared-topic",
                 fmt::format("{} and {} would share the topic {}", other->second, to_string(table), *topic), "");
    const auto declared = std::find_if(lint.facts.declared.begin(), lint.facts.declared.end(),
                                       [&](const TopicSpec& t) { return t.captures == to_string(table); });
    if (declared == lint.facts.declared.end() || declared->name == *topic) continue;
    if (++elsewhere == 1) first = fmt::format("{} would go to {}, and the manifest declares {}", to_string(table), *topic, declared->name);
  }
  if (elsewhere > 0)
    lint.wrong("topic.naming.strategy", "topic-name", elsewhere == 1 ? first : fmt::format("{} (and {} more)", first, elsewhere - 1),
               line("topic.naming.strategy", "io.debezium.schema.DefaultTopicNamingStrategy"));
  for (const auto& transform : split(lint.spec.get("transforms"), ',')) {
    const auto prefix = "transforms." + transform + ".";
    const auto type = lint.spec.get(prefix + "type");
    const bool logical = type.ends_with(".ByLogicalTableRouter") || type.ends_with(".ToLogicalTopicRouter");
    if (logical && lint.spec.get(prefix + "key.enforce.uniqueness", "true") != "false")
      lint.wrong(prefix + "key.enforce.uniqueness", "key-changed",
                 "every key gains a field, so that its partition and its identity in compaction change",
                 line(prefix + "key.enforce.uniqueness", "false"));
    if (type.ends_with(".RegexRouter") && lint.spec.get(prefix + "regex").find('(') != std::string::npos &&
        lint.spec.get(prefix + "replacement").find('$') == std::string::npos)
      lint.wrong(prefix + "replacement", "lost-group",
                 "has no $1: every table would go to one topic (was it taken by a shell or a template?)",
                 line(prefix + "replacement", "prefix.$1"));
  }
}

}  // namespace

bool is_postgres(const ConnectorSpec& spec) {
  const auto name = spec.get("connector.class");
  return name == "io.debezium.connector.postgresql.PostgresConnector" || name == "PostgresConnector" || name == "Postgres";
}

bool older(std::string_view version, std::string_view than) noexcept {
  if (version.empty()) return false;
  const auto number = [](std::string_view& text) {
    std::int64_t n = 0;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') n = n * 10 + (text[0] - '0'), text.remove_prefix(1);
    if (!text.empty()) text.remove_prefix(1);
    return n;
  };
  for (int part = 0; part < 3; ++part)
    if (const auto a = number(version), b = number(than); a != b) return a < b;
  return false;
}

std::vector<Finding> lint(const ConnectorSpec& spec, const LintFacts& facts) {
  Lint lint{spec, facts};
  if (!lint.has("connector.class"))
    lint.wrong("connector.class", "missing-key", "is missing",
               line("connector.class", "io.debezium.connector.postgresql.PostgresConnector"));
  if (std::any_of(spec.name.begin(), spec.name.end(), [](char c) { return c == '/' || c == '\\' || (c >= 0 && c < ' '); }))
    lint.wrong("name", "bad-name", "the worker's REST API cannot name a connector with '/', '\\' or control characters",
               line("name", "shop-connector"));
  secrets(lint);
  if (is_postgres(spec))
    for (const auto rule : {keys, required, names, values, routes}) rule(lint);
  std::stable_sort(lint.found.begin(), lint.found.end(), [](const Finding& a, const Finding& b) { return a.key < b.key; });
  lint.found.erase(std::unique(lint.found.begin(), lint.found.end()), lint.found.end());
  return lint.found;
}

std::vector<Rival> rivals(const ConnectorSpec& spec, const std::map<std::string, Config>& all) {
  std::vector<Rival> found;
  if (!is_postgres(spec)) return found;
  for (const auto& [name, config] : all) {
    const ConnectorSpec other{.name = name, .config = config};
    for (const std::string key : {"slot.name", "topic.prefix"})
      if (name != spec.name && is_postgres(other) && !spec.get(key).empty() && spec.get(key) == other.get(key))
        found.push_back({key, name});
  }
  return found;
}

Problems lint(const Project& project, std::string_view plugin_version) {
  std::map<std::string, Config> all;
  for (const auto& file : project.connectors) all[file.name] = file.config;
  Problems found;
  for (const auto& file : project.connectors) {
    auto findings = lint(file, {.declared = project.topics, .plugin_version = std::string{plugin_version}});
    for (const auto& rival : rivals(file, all))
      findings.push_back({rival.key, "shared",
                          fmt::format("connector {} has the same, and each would get a part of the changes", rival.connector), "",
                          Severity::error});
    const auto of_file = problems(file, findings);
    found.insert(found.end(), of_file.begin(), of_file.end());
  }
  return found;
}

Problems problems(const ConnectorSpec& spec, std::span<const Finding> findings) {
  Problems all;
  for (const auto& finding : findings) {
    const auto place = spec.key_at.find(finding.key);
    all.push_back({.what = fmt::format("{}: {}", finding.key, finding.message),
                   .at = place == spec.key_at.end() ? spec.at : place->second,
                   .hint = finding.fix,
                   .rule = finding.rule,
                   .severity = finding.severity});
  }
  return all;
}

}  // namespace ctl::plan
