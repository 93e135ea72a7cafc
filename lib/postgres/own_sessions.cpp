#include "postgres/own_sessions.hpp"

#include <array>
#include <atomic>

namespace ctl::postgres {
namespace {

constexpr std::size_t most = 1024;
std::array<std::atomic<std::int64_t>, most> known{};
std::atomic<std::size_t> next{};

}  // namespace

void remember_own_session(std::int64_t own) noexcept { known[next++ % most] = own; }

std::string own_sessions() {
  std::string list = "{";
  for (const auto& one : known) {
    const std::int64_t own = one;
    if (own == 0) continue;
    if (list.size() > 1) list += ',';
    list += std::to_string(own);
  }
  return list + "}";
}

}  // namespace ctl::postgres
