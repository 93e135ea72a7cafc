#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "value/value.hpp"

namespace ctl {

/// What a command answers: the same facts twice, made by the same function so that they cannot drift.
/// `data` is what -o json|yaml prints (its members join the envelope); `blocks` is what a person reads; `names` is -o name, one a line.
/// Rooms make Reports, render prints them.
enum class Style : unsigned char { plain, strong, faint, good, warn, bad };
struct Cell {
  std::string text{};
  Style style{Style::plain};
};
struct Table {
  std::vector<std::string> head{};
  std::vector<std::vector<Cell>> rows{};
  std::vector<std::size_t> right{};  ///< columns (by index) that hold numbers and are aligned to the right
  std::vector<std::size_t> wide{};   ///< columns (by index) that only -o wide shows
};
struct Line {
  Cell cell{};
  int indent{};
};
struct Unknown {
  std::string path{}, reason{};
};
struct Report {
  std::string kind{};            ///< "plan", "status", "topics_status" …: the envelope's kind
  std::optional<bool> ok{true};  ///< the envelope's ok: judged good, judged not good, or nullopt: not known
  Value data{};
  std::vector<std::variant<Line, Table>> blocks{};
  std::vector<std::string> names{};
  std::vector<std::string> warnings{};
  std::vector<Unknown> unknown{};

  Report& line(std::string text, Style style = Style::plain, int indent = 0) {
    blocks.emplace_back(Line{{std::move(text), style}, indent});
    return *this;
  }
};

}  // namespace ctl
