#include "transfer/late_events.hpp"

#include <algorithm>

namespace ctl::transfer {

void LateEvents::add(const Hash128& sequence, std::int64_t id, int partition, std::int64_t offset) {
  if (sequence.high < from_ || sequence.high > to_) return;
  const auto [last, first] = highest_.try_emplace(sequence, id);
  if (!first && id < last->second) late_.push_back({id, {partition, offset}, sequence.high});
  last->second = std::max(last->second, id);
  while (highest_.size() + late_.size() > most_ && to_ > from_) halve();
}

void LateEvents::halve() {
  to_ = from_ + (to_ - from_) / 2;
  std::erase_if(highest_, [&](const auto& one) { return one.first.high > to_; });
  std::erase_if(late_, [&](const Late& one) { return one.sequence > to_; });
}

void LateEvents::next_part() {
  done_ = to_ == largest;
  if (done_) return;
  from_ = to_ + 1;
  to_ = largest;
  highest_.clear();
  late_.clear();
}

}  // namespace ctl::transfer
