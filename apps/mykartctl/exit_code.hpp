#pragma once
#include <array>
#include <string_view>

#include "core/error.hpp"

namespace ctl::cli {

/// Small numbers are answers, sysexits numbers are failures, so that no usage error is taken for "changes pending".
enum class Exit : int {
  done = 0,
  failed = 1,
  changes = 2,
  waiting = 3,
  not_good = 4,
  refused = 5,
  usage = 64,
  manifest = 65,
  unreachable = 69,
  internal = 70,
  locked = 75,
  denied = 77,
  config = 78,
  interrupted = 130,
  terminated = 143,
};

struct ExitMeaning {
  Exit exit{};
  std::string_view meaning{};
};
inline constexpr std::array<ExitMeaning, 15> exit_meanings{{
    {Exit::done, "done, healthy, nothing to do, --until reached; Ctrl-C in monitor"},
    {Exit::failed, "a step failed for a reason that has no code of its own"},
    {Exit::changes, "only with --exit-code: there is something to do"},
    {Exit::waiting, "stopped at a safe point and nothing is wrong: the same command goes on"},
    {Exit::not_good, "judged not good, or not known"},
    {Exit::refused, "refused: declined, blocked, stale plan, guard, evidence against it"},
    {Exit::usage, "the command line is wrong"},
    {Exit::manifest, "topics.yaml, connectors/, sql/ or a plan file is wrong"},
    {Exit::unreachable, "a server is unreachable or did not answer in time"},
    {Exit::internal, "a bug in mykartctl"},
    {Exit::locked, "somebody else holds the lock"},
    {Exit::denied, "a server denied access"},
    {Exit::config, "mykartctl.yaml, the environment or a connection setting is wrong"},
    {Exit::interrupted, "ended by Ctrl-C (SIGINT)"},
    {Exit::terminated, "ended by SIGTERM"},
}};

/// The exit code of an Error that ends a command. An interruption is 130 here; main knows whether it was SIGTERM.
[[nodiscard]] constexpr Exit exit_of(Code code) noexcept {
  switch (code) {
    case Code::failed:
    case Code::not_found:
    case Code::mismatch: return Exit::failed;
    case Code::usage: return Exit::usage;
    case Code::config: return Exit::config;
    case Code::manifest: return Exit::manifest;
    case Code::refused:
    case Code::drift: return Exit::refused;
    case Code::busy: return Exit::locked;
    case Code::unreachable:
    case Code::timeout: return Exit::unreachable;
    case Code::denied: return Exit::denied;
    case Code::interrupted: return Exit::interrupted;
    case Code::internal: return Exit::internal;
  }
  return Exit::internal;
}

}  // namespace ctl::cli
