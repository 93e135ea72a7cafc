#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/width.hpp"

namespace ctl::render {
namespace {

constexpr std::size_t gap = 2, narrowest = 24;

bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// The cells that are shown, cleaned, the head first, every row as long as the head.
struct Grid {
  std::vector<std::vector<Cell>> rows{};
  std::vector<std::size_t> widths{};
  std::vector<bool> right{};
};

Grid grid_of(const Table& table, bool wide, const Clean& clean) {
  std::vector<Cell> head;
  for (const auto& name : table.head) head.push_back({name, Style::strong});
  std::vector<const std::vector<Cell>*> rows{&head};
  for (const auto& row : table.rows) rows.push_back(&row);

  Grid grid;
  for (const auto* row : rows) {
    auto& shown = grid.rows.emplace_back();
    for (std::size_t column = 0; column < table.head.size(); ++column) {
      if (!wide && contains(table.wide, column)) continue;
      auto cell = column < row->size() ? row->at(column) : Cell{};
      cell.text = clean(cell.text);
      shown.push_back(std::move(cell));
    }
  }
  for (std::size_t column = 0; column < table.head.size(); ++column)
    if (wide || !contains(table.wide, column)) grid.right.push_back(contains(table.right, column));
  grid.widths.resize(grid.right.size());
  for (const auto& row : grid.rows)
    for (std::size_t i = 0; i < row.size(); ++i) grid.widths[i] = std::max(grid.widths[i], display_width(row[i].text));
  return grid;
}

}  // namespace

std::string styled(std::string_view text, Style style, bool colour) {
  constexpr std::string_view codes[]{"", "1", "2", "32", "33", "31"};
  const auto code = codes[static_cast<std::size_t>(style)];
  return colour && !code.empty() && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string{text};
}

std::string table_text(const Table& table, bool wide, const Look& look, const Clean& clean) {
  const auto grid = grid_of(table, wide, clean);
  if (grid.widths.empty()) return {};
  const auto last = grid.widths.size() - 1;
  std::size_t before = 0;
  for (std::size_t i = 0; i < last; ++i) before += grid.widths[i] + gap;
  const auto room = look.width > 0 ? static_cast<std::size_t>(look.width) : 0;
  const bool breaks = !wide && !grid.right[last] && room >= before + narrowest && before + grid.widths[last] > room;

  std::string out;
  for (const auto& row : grid.rows) {
    std::string line;
    std::size_t owed = 0;  // blanks that are only written if something follows
    for (std::size_t i = 0; i < last; ++i) {
      const auto padding = grid.widths[i] - display_width(row[i].text);
      line.append(row[i].text.empty() ? 0 : owed + (grid.right[i] ? padding : 0), ' ');
      line += styled(row[i].text, row[i].style, look.colour);
      owed = row[i].text.empty() ? owed + padding + gap : gap + (grid.right[i] ? 0 : padding);
    }
    if (grid.right[last]) owed += grid.widths[last] - display_width(row[last].text);
    const auto lines = breaks ? wrapped(row[last].text, room - before) : std::vector<std::string>{row[last].text};
    for (std::size_t n = 0; n < lines.size(); ++n) {
      if (n > 0)
        line.append(1, '\n').append(before, ' ');
      else if (!lines[0].empty())
        line.append(owed, ' ');
      line += styled(lines[n], row[last].style, look.colour);
    }
    out += line + '\n';
  }
  return out;
}

std::string blocks_text(const Report& report, bool wide, const Look& look, const Clean& clean) {
  std::string out;
  bool after_table = false;
  for (const auto& block : report.blocks) {
    if (const auto* table = std::get_if<Table>(&block)) {
      if (after_table) out += '\n';
      out += table_text(*table, wide, look, clean);
    } else if (const auto* line = std::get_if<Line>(&block)) {
      out.append(static_cast<std::size_t>(line->indent) * 2, ' ');
      out += styled(clean(line->cell.text), line->cell.style, look.colour) + '\n';
    }
    after_table = std::holds_alternative<Table>(block);
  }
  return out;
}

}  // namespace ctl::render
