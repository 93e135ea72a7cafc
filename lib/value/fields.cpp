#include "value/fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace ctl {

std::string_view kind_of(const Value& value) {
  constexpr std::string_view kinds[]{"nothing", "a boolean", "a number", "a number", "text", "a list", "a map"};
  return kinds[value.data().index()];
}

std::optional<std::string> scalar_text(const Value& value) {
  if (const auto* text = value.text()) return *text;
  if (value.boolean() != nullptr || value.integer() != nullptr || value.real() != nullptr) return to_json(value);
  return std::nullopt;
}

Fields::Fields(const Value& map, Problems& into) : map_{map}, into_{into} {
  if (map.map() == nullptr)
    into_.push_back({.what = fmt::format("a map of keys and values is expected here, found {}", kind_of(map)),
                     .at = map.at(),
                     .hint = {},
                     .rule = "wrong-type"});
}

Fields::~Fields() {
  if (map_.map() == nullptr) return;
  const std::vector<std::string> known{asked_.begin(), asked_.end()};
  for (const auto& member : *map_.map()) {
    if (asked_.contains(member.key)) continue;
    const auto near = nearest(member.key, known);
    into_.push_back({.what = "unknown key '" + member.key + "'",
                     .at = member.key_at,
                     .hint = near ? did_you_mean(near) : "known here: " + join(known, ", "),
                     .rule = "unknown-key"});
  }
}

bool Fields::has(std::string_view key) { return child(key) != nullptr; }

std::string Fields::text(std::string_view key) {
  auto text = text_if(key);
  if (!has(key)) missing(key);
  if (text && text->empty()) wrong(key, "empty", fmt::format("'{}' is empty", key));
  return text.value_or("");
}

std::optional<std::string> Fields::text_if(std::string_view key) {
  const auto* value = child(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->text()) return *text;
  const auto scalar = scalar_text(*value);
  wrong(key, "wrong-type", fmt::format("'{}' is {}, it should be text", key, kind_of(*value)),
        scalar ? fmt::format("write \"{}\"", *scalar) : "");
  return std::nullopt;
}

std::optional<std::string> Fields::scalar_if(std::string_view key) {
  const auto* value = child(key);
  if (value == nullptr) return std::nullopt;
  auto text = scalar_text(*value);
  of_kind(key, text.has_value(), value, "text or a number");
  return text;
}

std::int64_t Fields::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto value = integer_if(key, least, most);
  if (!has(key)) missing(key);
  return value.value_or(least);
}

std::optional<std::int64_t> Fields::integer_if(std::string_view key, std::int64_t least, std::int64_t most) {
  const auto* value = child(key);
  if (of_kind(key, value == nullptr || value->integer() != nullptr, value, "a whole number") == nullptr) return std::nullopt;
  const auto number = *value->integer();
  if (number >= least && number <= most) return number;
  wrong(key, "out-of-range",
        fmt::format("'{}' is {}, it should be {}", key, number,
                    most == INT64_MAX ? fmt::format("at least {}", least) : fmt::format("from {} to {}", least, most)));
  return std::nullopt;
}

std::optional<bool> Fields::boolean_if(std::string_view key) {
  const auto* value = child(key);
  if (of_kind(key, value == nullptr || value->boolean() != nullptr, value, "true or false") == nullptr) return std::nullopt;
  return *value->boolean();
}

std::optional<std::chrono::milliseconds> Fields::duration_if(std::string_view key) {
  const auto* value = child(key);
  if (value == nullptr) return std::nullopt;
  const auto text = scalar_text(*value);
  if (const auto duration = text && value->integer() == nullptr ? parse_duration(*text) : std::nullopt) return duration;
  wrong(key, "wrong-type", fmt::format("'{}' is {}, it should be a duration", key, text ? "'" + *text + "'" : std::string{kind_of(*value)}),
        value->integer() != nullptr ? fmt::format("with its unit: {0}ms, {0}s, {0}d", *text) : "such as 500ms, 30s, 5m, 12h, 7d");
  return std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> texts;
  const auto* list = list_if(key);
  if (list == nullptr) return texts;
  for (const auto& item : *list->list()) {
    if (const auto* text = item.text(); text != nullptr && !text->empty())
      texts.push_back(*text);
    else
      into_.push_back({.what = fmt::format("'{}' holds {}, it should hold text", key, kind_of(item)),
                       .at = item.at(),
                       .hint = {},
                       .rule = "wrong-type"});
  }
  return texts;
}

std::size_t Fields::choice(std::string_view key, const std::vector<std::string>& words, std::size_t otherwise) {
  const auto text = text_if(key);
  if (!text) return otherwise;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  wrong(key, "wrong-value", fmt::format("'{}' is '{}', it should be one of {}", key, *text, join(words, ", ")),
        did_you_mean(nearest(*text, words)));
  return otherwise;
}

const Value* Fields::child(std::string_view key) {
  asked_.emplace(key);
  const auto* value = map_.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const Value* Fields::map_if(std::string_view key) {
  const auto* value = child(key);
  return of_kind(key, value == nullptr || value->map() != nullptr, value, "a map");
}

const Value* Fields::list_if(std::string_view key) {
  const auto* value = child(key);
  return of_kind(key, value == nullptr || value->list() != nullptr, value, "a list");
}

const Value* Fields::of_kind(std::string_view key, bool right, const Value* value, std::string_view kind) {
  if (right || value == nullptr) return value;
  wrong(key, "wrong-type", fmt::format("'{}' is {}, it should be {}", key, kind_of(*value), kind));
  return nullptr;
}

Position Fields::at(std::string_view key) const {
  const auto* value = map_.find(key);
  return value == nullptr ? map_.at() : value->at();
}

void Fields::wrong(std::string_view key, std::string rule, std::string what, std::string hint) {
  const auto place = at(key);
  const auto doubtful = [&](const Problem& p) {
    return p.rule == "ambiguous" && p.at == place;
  };  // said by the reader: what it is, nobody knows
  if (std::none_of(into_.begin(), into_.end(), doubtful))
    into_.push_back({.what = std::move(what), .at = place, .hint = std::move(hint), .rule = std::move(rule)});
}

void Fields::missing(std::string_view key) {
  if (map_.map() == nullptr) return;  // said once, by the constructor
  into_.push_back({.what = fmt::format("'{}' is missing", key), .at = at(key), .hint = {}, .rule = "missing-key"});
}

}  // namespace ctl
