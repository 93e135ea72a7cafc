#include "transfer/left_open.hpp"

#include <algorithm>

#include "transfer/provenance.hpp"

namespace ctl::transfer {
namespace {

using kafka::Fate;
using Open = kafka::OpenTransaction;

bool is_checkpoint(const Open& open) { return open.partition.topic == checkpoint_topic; }

/// Two witnesses, of whom either may know nothing.
Fate agreed(Fate one, Fate other) {
  if (one == Fate::unknown) return other;
  return other == Fate::unknown || other == one ? one : Fate::unknown;
}

std::optional<std::int64_t> end_of(const Checkpoint& checkpoint, int partition) {
  const auto found = checkpoint.ends.find(partition);
  return found == checkpoint.ends.end() ? std::nullopt : std::optional{found->second};
}

/// Where the checkpoint's own partition is not open, `last` is that of the last committed transaction.
Fate by_checkpoint(const std::optional<Checkpoint>& last, const Open& open) {
  if (!last) return Fate::aborted;  // a first transaction that was committed has one
  const auto end = end_of(*last, open.partition.id);
  if (!end) return Fate::unknown;
  if (open.start < *end) return Fate::committed;
  return last->exact ? Fate::aborted : Fate::unknown;
}

/// The table's checkpoints that are not committed, from where their transaction begins.
std::vector<Checkpoint> open_checkpoints(const LeftOpen& of, const Open& open, const Deadline& until) {
  const auto ends = offsets_of(of.cluster, open.partition.topic, kafka::Cluster::At::latest, until);
  const auto end = ends.at(open.partition.id);
  kafka::Reader reader{of.settings, {{open.partition, open.start}}, kafka::Reader::Isolation::uncommitted, of.listener};
  std::vector<Checkpoint> found;
  for (std::int64_t next = open.start; next < end;) {
    const auto got = reader.next(until);
    if (const auto* message = std::get_if<kafka::Message>(&got)) {
      const bool ours = message->key && (*message->key == of.id.key || *message->key == of.id.transaction);
      if (ours && message->value && message->offset < end) found.push_back(checkpoint_from(*message->value));
      next = message->offset + 1;
    } else if (const auto* reached = std::get_if<kafka::End>(&got)) {
      next = reached->next;
    } else {
      until.check("reading what is open in " + to_string(open.partition));
    }
  }
  return found;
}

/// Of a transaction whose checkpoint is open. `before` is the checkpoint of the one before it.
Fate by_events(const LeftOpen& of, const std::optional<Checkpoint>& before, const Checkpoint& its, const std::vector<Open>& open,
               const Deadline& until) {
  if (!its.exact || (before && !before->exact)) return Fate::unknown;
  const auto stable = offsets_of(of.cluster, of.table.topic, kafka::Cluster::At::stable, until);
  auto from = offsets_of(of.cluster, of.table.topic, kafka::Cluster::At::earliest, until);
  Offsets to;
  bool all_seen = true;
  for (const auto& [partition, end] : its.ends) {
    const auto visible = stable.find(partition);
    if (visible == stable.end()) return Fate::unknown;
    if (before) from[partition] = std::max(from[partition], end_of(*before, partition).value_or(0));
    to[partition] = std::min(end, visible->second);
    const bool is_open =
        std::any_of(open.begin(), open.end(), [&](const Open& one) { return !is_checkpoint(one) && one.partition.id == partition; });
    all_seen = all_seen && (is_open || visible->second >= end);
  }
  Provenance provenance{of.table};
  bool seen = false;
  scan(of.settings, of.table.topic, from, to, of.listener, until,
       [&](const kafka::Message& message) { seen = seen || (message.value && provenance.row_of(*message.value)); });
  if (seen) return Fate::committed;
  return all_seen ? Fate::aborted : Fate::unknown;
}

}  // namespace

std::vector<Fate> judge(const LeftOpen& of, const std::vector<Open>& open, const Deadline& until) {
  std::vector<Fate> fates;
  const auto of_checkpoint = std::find_if(open.begin(), open.end(), is_checkpoint);
  if (of_checkpoint == open.end()) {
    const auto last = read_checkpoint(of.settings, of.id, of.listener, until);
    for (const auto& one : open) fates.push_back(agreed(by_checkpoint(last, one), one.coordinator));
    return fates;
  }
  const auto its = open_checkpoints(of, *of_checkpoint, until);
  if (its.size() != 1) return std::vector<Fate>(open.size(), Fate::unknown);  // several transactions, which one marker would decide
  const auto before = visible_checkpoint(of.settings, of.id, of.listener, until).last;
  auto whole = by_events(of, before, its.front(), open, until);
  // With nothing to be seen of it either is right, if it is done to all of it; then what was decided is done.
  if (whole != Fate::committed && of_checkpoint->coordinator != Fate::unknown) whole = of_checkpoint->coordinator;
  for (const auto& one : open) {
    const auto begins = before ? end_of(*before, one.partition.id) : std::optional<std::int64_t>{0};
    const bool older_too = !is_checkpoint(one) && (!begins || one.start < *begins);
    fates.push_back(older_too ? Fate::unknown : whole);
  }
  return fates;
}

}  // namespace ctl::transfer
