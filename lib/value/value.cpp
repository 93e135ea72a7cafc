#include "value/value.hpp"

#include <fmt/format.h>

namespace ctl {

std::string to_string(const Position& at) { return at.line == 0 ? at.file : fmt::format("{}:{}:{}", at.file, at.line, at.column); }

const Value* Value::find(std::string_view key) const noexcept {
  if (const auto* members = map())
    for (const auto& m : *members)
      if (m.key == key) return &m.value;
  return nullptr;
}

std::string Value::text_or(std::string_view key, std::string_view fallback) const {
  const auto* value = find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string{fallback};
}

std::int64_t Value::integer_or(std::string_view key, std::int64_t fallback) const {
  const auto* value = find(key);
  return value != nullptr && value->integer() != nullptr ? *value->integer() : fallback;
}

Value& Value::set(std::string key, Value value) {
  if (!std::holds_alternative<Map>(data_)) data_ = Map{};
  auto& members = std::get<Map>(data_);
  for (auto& m : members)
    if (m.key == key) {
      m.value = std::move(value);
      return *this;
    }
  if (members.empty()) members.reserve(8);  // what most objects have: no member is moved again
  members.push_back({std::move(key), std::move(value), {}});
  return *this;
}

Value& Value::push(Value value) {
  if (!std::holds_alternative<List>(data_)) data_ = List{};
  std::get<List>(data_).push_back(std::move(value));
  return *this;
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

}  // namespace ctl
