#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "value/problems.hpp"

namespace ctl {

/// Makes the tree from what a parser meets, in the order of the text. Private to the readers of this room.
class TreeBuilder {
 public:
  static constexpr std::size_t deepest =
      100;  ///< levels; more is an attack or a mistake, and would cost the stack when the tree is destroyed

  explicit TreeBuilder(Problems& into) : into_{into} {}

  void open_map(Position at) { open_.push_back({.is_map = true, .at = std::move(at)}); }
  void open_list(Position at) { open_.push_back({.is_map = false, .at = std::move(at)}); }
  void close();
  void key(std::string name, Position at);  ///< a second one of the same name is a Problem, and its value is left out
  void scalar(Value value);                 ///< with its position
  void null(Position at);                   ///< nothing was written there: it stands where its key does, for want of a place of its own

  [[nodiscard]] bool wants_key() const noexcept { return !open_.empty() && open_.back().is_map && !open_.back().key; }
  [[nodiscard]] bool too_deep() const noexcept { return open_.size() > deepest; }
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  struct Key {
    std::string name{};
    Position at{};
    bool duplicate{};
  };
  struct Open {
    bool is_map{};
    Position at{};
    std::optional<Key> key{};
    Value::Map members{};
    Value::List items{};
  };
  Problems& into_;
  std::vector<Open> open_{};
  Value root_{};
};

}  // namespace ctl
