#include "model/connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace ctl {
namespace {

constexpr std::array<std::string_view, 7> states{"RUNNING", "PAUSED", "STOPPED", "FAILED", "UNASSIGNED", "RESTARTING", "UNKNOWN"};

bool same_letters(std::string_view upper, std::string_view text) {
  return std::equal(upper.begin(), upper.end(), text.begin(), text.end(),
                    [](char u, char c) { return u == (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); });
}

}  // namespace

std::string_view to_string(RunState state) { return states[static_cast<std::size_t>(state)]; }

RunState run_state(std::string_view text) noexcept {
  const auto found = std::find_if(states.begin(), states.end(), [&](std::string_view s) { return same_letters(s, text); });
  return found == states.end() ? RunState::unknown : static_cast<RunState>(found - states.begin());
}

int ConnectorStatus::running() const noexcept {
  return static_cast<int>(
      std::count_if(tasks.begin(), tasks.end(), [](const TaskStatus& task) { return task.state == RunState::running; }));
}

const std::string* ConnectorStatus::failure() const noexcept {
  if (state == RunState::failed) return &cause;
  const auto failed = std::find_if(tasks.begin(), tasks.end(), [](const TaskStatus& task) { return task.state == RunState::failed; });
  return failed == tasks.end() ? nullptr : &failed->cause;
}

std::uint64_t parse_lsn(std::string_view text) noexcept {
  std::uint32_t high{}, low{};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return 0;
  const auto hex = [](std::string_view digits, std::uint32_t& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into, 16);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (!hex(text.substr(0, slash), high) || !hex(text.substr(slash + 1), low)) return 0;
  return (std::uint64_t{high} << 32U) | low;
}

std::string format_lsn(std::uint64_t lsn) { return fmt::format("{:X}/{:X}", lsn >> 32U, lsn & 0xFFFFFFFFU); }

}  // namespace ctl
