#include "value/tree_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ctl {

void TreeBuilder::key(std::string name, Position at) {
  auto& map = open_.back();
  const auto first = std::find_if(map.members.begin(), map.members.end(), [&](const Member& m) { return m.key == name; });
  const bool duplicate = first != map.members.end();
  if (duplicate)
    into_.push_back({.what = "duplicate key '" + name + "'",
                     .at = at,
                     .hint = fmt::format("the first one is in line {}", first->key_at.line),
                     .rule = "duplicate-key"});
  map.key = Key{std::move(name), std::move(at), duplicate};
}

void TreeBuilder::scalar(Value value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  auto& parent = open_.back();
  if (!parent.is_map) {
    parent.items.push_back(std::move(value));
  } else if (parent.key) {
    if (!parent.key->duplicate) parent.members.push_back({std::move(parent.key->name), std::move(value), std::move(parent.key->at)});
    parent.key.reset();
  }
}

void TreeBuilder::null(Position at) {
  const bool keyed = !open_.empty() && open_.back().key;
  Value value;
  value.at(keyed ? open_.back().key->at : std::move(at));
  scalar(std::move(value));
}

void TreeBuilder::close() {
  auto closed = std::move(open_.back());
  open_.pop_back();
  auto value = closed.is_map ? Value{std::move(closed.members)} : Value{std::move(closed.items)};
  value.at(std::move(closed.at));
  scalar(std::move(value));
}

}  // namespace ctl
