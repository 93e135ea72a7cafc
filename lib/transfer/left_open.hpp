#pragma once
#include <vector>

#include "model/event_table.hpp"
#include "transfer/checkpoint.hpp"

namespace ctl::transfer {

/// A table with its topic, as far as it takes to say what became of a transaction.
struct LeftOpen {
  const kafka::Settings& settings;
  kafka::Cluster& cluster;
  const EventTable& table;
  const Identity& id;
  Listener& listener;
};

/// What the table's transactions must become that a broker has left open, by what was committed: every transaction of a mover or a repair
/// ends with a checkpoint that says where its records lie. So one below the ends of a committed checkpoint was committed, and one behind
/// them was not. When the checkpoint itself is open, it is the last one: committed if any of its events can be seen, and if nobody can have
/// seen one it may be taken back as a whole. What the coordinator says must not contradict that; where both are silent it is `unknown`.
[[nodiscard]] std::vector<kafka::Fate> judge(const LeftOpen&, const std::vector<kafka::OpenTransaction>&, const Deadline&);

}  // namespace ctl::transfer
