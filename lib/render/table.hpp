#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "render/terminal.hpp"
#include "value/report.hpp"

namespace ctl::render {

/// What is done to every text before it is laid out: secrets masked, control characters spelled out.
using Clean = std::function<std::string(std::string_view)>;

/// The text in the colour of its meaning, or as it is.
[[nodiscard]] std::string styled(std::string_view text, Style, bool colour);

/// Columns two blanks apart, as wide as their widest cell; nothing is ever cut. On a terminal that is too narrow the last column is broken
/// at blanks. Ends with a newline.
[[nodiscard]] std::string table_text(const Table&, bool wide, const Look&, const Clean&);

/// The blocks of a report as people read them; an empty line between two tables.
[[nodiscard]] std::string blocks_text(const Report&, bool wide, const Look&, const Clean&);

}  // namespace ctl::render
