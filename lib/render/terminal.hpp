#pragma once
#include <map>
#include <string>

namespace ctl::render {

enum class Format : unsigned char { table, wide, json, yaml, name };
enum class Colour : unsigned char { automatic, always, never };
enum class Showing : unsigned char { automatic, bar, plain, json, none };  ///< of progress

/// Where output goes and what was asked for. The descriptors are not owned.
struct Terminal {
  int in{0}, out{1}, err{2};
  Format format{};
  Colour colour{};
  Showing progress{};
  bool verbose{}, quiet{};
  std::string version{};                                          ///< of the tool, for the envelope
  std::map<std::string, std::string, std::less<>> environment{};  ///< NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM and COLUMNS are looked at
};

/// How a stream is written to.
struct Look {
  bool colour{};
  bool animate{};  ///< the cursor can be moved
  int width{};     ///< columns; 0: no limit
};

/// --color always|never decides; then NO_COLOR and TERM=dumb say no, CLICOLOR_FORCE and FORCE_COLOR say yes, else a terminal gets colours.
[[nodiscard]] Look look_of(int descriptor, const Terminal&);
[[nodiscard]] bool is_terminal(int descriptor) noexcept;

}  // namespace ctl::render
