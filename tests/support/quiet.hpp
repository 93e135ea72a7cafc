#pragma once
#include <string>
#include <vector>

#include "core/listener.hpp"

/// A Listener that remembers notes and prints nothing.
struct Quiet : ctl::Listener {
  std::vector<std::string> notes{};
  std::uint64_t done{};
  void note(Level, std::string_view text) override { notes.emplace_back(text); }
  void progress(const ctl::Progress& p) override { done = p.done; }
};
