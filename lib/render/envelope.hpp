#pragma once
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/text.hpp"
#include "render/table.hpp"
#include "value/report.hpp"

namespace ctl::render {

/// The name of a failure in JSON: a promise, unlike the names in the program.
[[nodiscard]] std::string_view error_code(Code) noexcept;

/// {"code","message","cause","at","try","resource","while"}; `at` when the place is in a file, `resource` when it is an address.
[[nodiscard]] Value error_value(const Error&);

/// What all documents begin with, then the report's own members. Throws Error{internal} if one of those has a name of the envelope.
struct Ending {
  std::string version{}, context{};
  Millis time{};
  int exit_code{};
  const Error* error{};  ///< not owned; nullptr if nothing failed
};
[[nodiscard]] Value envelope(const Report&, const Ending&);

/// `mykartctl: error: what`, then while, cause, at and try, a line each; a cause of several lines stands below its word.
[[nodiscard]] std::string error_text(const Error&, bool colour, const Clean&);

}  // namespace ctl::render
