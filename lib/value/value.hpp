#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Room value: one tree for everything that is read or printed (YAML, JSON, plans, reports), one reader and one writer per syntax.
/// Knows nothing of topics, tables or connectors.
namespace ctl {

/// Where a value stood in its file. One-based; line 0 means that the program made it.
struct Position {
  std::string file{};
  int line{};
  int column{};
  auto operator<=>(const Position&) const = default;
};
[[nodiscard]] std::string to_string(const Position&);  ///< "topics.yaml:12:5", or "topics.yaml" without a line

struct Member;

/// null, boolean, integer, real, text, list or map. Maps keep their order; a duplicate key cannot exist.
class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::vector<Member>;
  using Data = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Map>;

  Value();
  Value(std::nullptr_t);
  Value(bool);
  Value(double);
  Value(const char*);
  Value(std::string_view);
  Value(std::string);
  Value(List);
  Value(Map);
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T);

  [[nodiscard]] const Data& data() const noexcept { return data_; }
  [[nodiscard]] const Position& at() const noexcept { return at_; }
  Value& at(Position where) {
    at_ = std::move(where);
    return *this;
  }

  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(data_); }
  [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* real() const noexcept { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* text() const noexcept { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const List* list() const noexcept { return std::get_if<List>(&data_); }
  [[nodiscard]] const Map* map() const noexcept { return std::get_if<Map>(&data_); }

  [[nodiscard]] const Value* find(std::string_view key) const noexcept;  ///< nullptr if this is no map or has no such key
  [[nodiscard]] std::string text_or(std::string_view key, std::string_view fallback) const;  ///< the text under key, else fallback
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t fallback) const;
  Value& set(std::string key, Value value);                 ///< makes this a map if it is none; replaces; returns *this for chaining
  Value& push(Value value);                                 ///< makes this a list if it is none; returns *this for chaining
  [[nodiscard]] bool operator==(const Value& other) const;  ///< positions do not count

 private:
  Data data_;
  Position at_{};
};
struct Member {
  std::string key{};
  Value value{};
  Position key_at{};
  [[nodiscard]] bool operator==(const Member& other) const { return key == other.key && value == other.value; }
};

// Behind Member, because a variant of a vector of an incomplete type may be declared and not yet made.
inline Value::Value() : data_{nullptr} {}
inline Value::Value(std::nullptr_t) : data_{nullptr} {}
inline Value::Value(bool b) : data_{b} {}
inline Value::Value(double d) : data_{d} {}
inline Value::Value(const char* s) : data_{std::string{s}} {}
inline Value::Value(std::string_view s) : data_{std::string{s}} {}
inline Value::Value(std::string s) : data_{std::move(s)} {}
inline Value::Value(List l) : data_{std::move(l)} {}
inline Value::Value(Map m) : data_{std::move(m)} {}
template <std::integral T>
requires(!std::same_as<T, bool>) Value::Value(T i) : data_{static_cast<std::int64_t>(i)} {}

/// Both throw Error{manifest} with file:line:column. YAML is read strictly: duplicate keys, octal numbers, `yes` and anchors are errors.
[[nodiscard]] Value parse_json(std::string_view text, const std::string& file);
[[nodiscard]] Value parse_yaml(std::string_view text, const std::string& file);
[[nodiscard]] std::string to_json(const Value&, int indent = 0);  ///< invalid UTF-8 becomes U+FFFD; indent 0 is one line
[[nodiscard]] std::string to_yaml(const Value&);

}  // namespace ctl
