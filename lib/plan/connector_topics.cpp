#include "plan/connector_topics.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.hpp"

namespace ctl::plan {
namespace {

/// One element of a pattern: a character, any, all but one; or the begin or end of a group.
struct Piece {
  enum class What : unsigned char { literal, any, all_but, open, close } what{};
  char letter{};
  bool repeats{}, may_be_absent{};
};

/// nullopt for everything that is no plain sequence: alternatives, ranges, nested groups, lazy or counted repetition.
std::optional<std::vector<Piece>> compile(std::string_view pattern) {
  std::vector<Piece> pieces;
  bool inside = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const auto rest = pattern.substr(i);
    if (c == '(' || c == ')') {
      if ((c == '(') == inside || rest.starts_with("(?")) return std::nullopt;
      inside = c == '(';
      pieces.push_back({inside ? Piece::What::open : Piece::What::close});
      continue;
    }
    if (c == '\\' && rest.size() > 1 && std::string_view{".-_\\"}.find(rest[1]) != std::string_view::npos)
      pieces.push_back({Piece::What::literal, pattern[++i]});
    else if (c == '.')
      pieces.push_back({Piece::What::any});
    else if (rest.starts_with("[^") && rest.size() > 3 && rest[3] == ']')
      pieces.push_back({Piece::What::all_but, rest[2]}), i += 3;
    else if (std::string_view{"\\[]{}|*+?^$"}.find(c) != std::string_view::npos)
      return std::nullopt;
    else
      pieces.push_back({Piece::What::literal, c});
    if (const auto next = i + 1 < pattern.size() ? pattern[i + 1] : '\0'; next == '*' || next == '+') {
      pieces.back().repeats = true;
      pieces.back().may_be_absent = next == '*';
      ++i;
    }
  }
  if (inside) return std::nullopt;
  return pieces;
}

struct Match {
  const std::vector<Piece>& pieces;
  std::string_view name;
  std::vector<std::string_view> groups{};

  /// Greedy, with a step back where the rest does not fit. `opened` is where the group that is open began.
  bool from(std::size_t piece, std::size_t at, std::size_t opened) {
    if (piece == pieces.size()) return at == name.size();
    const auto& p = pieces[piece];
    if (p.what == Piece::What::open) return from(piece + 1, at, at);
    if (p.what == Piece::What::close) {
      groups.push_back(name.substr(opened, at - opened));
      if (from(piece + 1, at, opened)) return true;
      groups.pop_back();
      return false;
    }
    std::size_t most = 0;
    while (at + most < name.size() && (most == 0 || p.repeats) && fits(p, name[at + most])) ++most;
    const std::size_t least = p.may_be_absent ? 0 : 1;
    for (auto taken = most + 1; taken-- > least;)
      if (from(piece + 1, at + taken, opened)) return true;
    return false;
  }
  static bool fits(const Piece& p, char c) {
    return p.what == Piece::What::any || (p.what == Piece::What::literal ? c == p.letter : c != p.letter);
  }
};

/// $1 to $9; nullopt for a group that does not exist, and for ${name}.
std::optional<std::string> fill_in(std::string_view replacement, const std::vector<std::string_view>& groups) {
  std::string filled;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      filled += replacement[i];
      continue;
    }
    const auto digit = ++i < replacement.size() ? replacement[i] : '\0';
    if (digit < '1' || digit > '9' || static_cast<std::size_t>(digit - '1') >= groups.size()) return std::nullopt;
    filled += groups[static_cast<std::size_t>(digit - '1')];
  }
  return filled;
}

/// Transforms that leave the topic alone.
constexpr std::array<std::string_view, 10> topic_neutral{
    "org.apache.kafka.connect.transforms.Cast$Value",         "org.apache.kafka.connect.transforms.Filter",
    "org.apache.kafka.connect.transforms.Flatten$Value",      "org.apache.kafka.connect.transforms.HoistField$Value",
    "org.apache.kafka.connect.transforms.InsertField$Value",  "org.apache.kafka.connect.transforms.MaskField$Value",
    "org.apache.kafka.connect.transforms.ReplaceField$Value", "org.apache.kafka.connect.transforms.TimestampConverter$Value",
    "org.apache.kafka.connect.transforms.InsertHeader",       "io.debezium.transforms.ExtractNewRecordState",
};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// What no topic's name may hold becomes '_', one for each of Java's UTF-16 units (io.debezium.spi.topic.TopicNamingStrategy), so two for a
/// character of four bytes.
std::string with_legal_characters(std::string_view name) {
  std::string legal;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || c == '.' || c == '_' || c == '-')
      legal += c;
    else if ((byte & 0xC0U) != 0x80U)  // the first byte of a character
      legal.append(byte >= 0xF0U ? 2 : 1, '_');
  }
  return legal;
}

std::optional<std::string> transformed(const ConnectorSpec& spec, const std::string& transform, const std::string& name) {
  const auto prefix = "transforms." + transform + ".";
  const auto type = spec.get(prefix + "type");
  if (!spec.get(prefix + "predicate").empty() || !spec.get(prefix + "route.by.field").empty()) return std::nullopt;
  if (type == "org.apache.kafka.connect.transforms.RegexRouter")
    return route(spec.get(prefix + "regex"), spec.get(prefix + "replacement"), name);
  if (contains(type, "ByLogicalTableRouter") || contains(type, "ToLogicalTopicRouter"))
    return route(spec.get(prefix + "topic.regex"), spec.get(prefix + "topic.replacement"), name);
  if (std::find(topic_neutral.begin(), topic_neutral.end(), type) != topic_neutral.end()) return name;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> route(std::string_view pattern, std::string_view replacement, const std::string& name) {
  const auto pieces = compile(pattern);
  if (!pieces) return std::nullopt;
  Match match{*pieces, name};
  if (!match.from(0, 0, 0)) return name;
  return fill_in(replacement, match.groups);
}

std::optional<std::string> topic_of(const ConnectorSpec& spec, const TableName& table) {
  const auto strategy = spec.get("topic.naming.strategy", "io.debezium.schema.SchemaTopicNamingStrategy");
  const auto delimiter = spec.get("topic.delimiter", ".");
  auto name = spec.get("topic.prefix");
  if (strategy.ends_with(".SchemaTopicNamingStrategy"))
    name += delimiter + table.schema;
  else if (!strategy.ends_with(".DefaultTopicNamingStrategy"))
    return std::nullopt;
  name += delimiter + table.name;
  name = with_legal_characters(name);
  for (const auto& transform : split(spec.get("transforms"), ',')) {
    const auto next = transformed(spec, transform, name);
    if (!next) return std::nullopt;
    name = *next;
  }
  return name;
}

std::string heartbeat_topic(const ConnectorSpec& spec) {
  if (parse_integer(spec.get("heartbeat.interval.ms", "0")).value_or(0) <= 0) return {};
  const auto name = spec.get("topic.heartbeat.name");  // Debezium 3.6
  return name.empty() ? spec.get("topic.heartbeat.prefix", spec.get("heartbeat.topics.prefix", "__debezium-heartbeat")) + "." +
                            spec.get("topic.prefix")
                      : name;
}

}  // namespace ctl::plan
