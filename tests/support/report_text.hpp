#pragma once
#include <string>

#include "value/report.hpp"

/// The blocks of a report, the cells of a row joined by '|': what it says, without how it is laid out.
inline std::string text_of(const ctl::Report& report) {
  std::string text;
  for (const auto& block : report.blocks) {
    if (const auto* line = std::get_if<ctl::Line>(&block))
      text += std::string(static_cast<std::size_t>(line->indent) * 2, ' ') + line->cell.text + "\n";
    if (const auto* table = std::get_if<ctl::Table>(&block)) {
      std::string head;
      for (const auto& name : table->head) head += (head.empty() ? "" : "|") + name;
      text += head + "\n";
      for (const auto& row : table->rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "|") + row[i].text;
        text += "\n";
      }
    }
  }
  return text;
}
