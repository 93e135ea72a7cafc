#include "kafka/unread.hpp"

#include <algorithm>

namespace ctl::kafka {
namespace {

constexpr std::int64_t to_count = 1000;  // offsets before the end that are read one by one
constexpr std::int64_t to_read = 500;    // offsets between two places that are read rather than skipped by a seek
constexpr std::string_view doing = "reading what is still unread";

using Found = std::map<Place, Known<Unread>>;

/// One partition: its places in ascending order, met one by one on the way to its end.
class Way {
 public:
  Way(Partition partition, std::vector<std::int64_t> places, std::int64_t end)
      : partition_{std::move(partition)}, places_{std::move(places)}, end_{end}, wanted_{places_.front()} {}

  [[nodiscard]] std::int64_t begin() const { return wanted_; }
  [[nodiscard]] std::int64_t end() const { return end_; }
  [[nodiscard]] bool over() const { return over_; }

  /// A record arrived; the offset to skip to when nothing is wanted before it.
  std::optional<std::int64_t> met(std::int64_t offset, Millis time, Found& found) {
    if (over_ || offset < wanted_) return std::nullopt;  // was on its way before the last skip
    if (offset >= end_) {
      finish(found);
      return std::nullopt;
    }
    for (; met_ < places_.size() && places_[met_] <= offset; ++met_) {
      Unread unread{.records = end_ - offset, .exact = false};
      if (time.time_since_epoch().count() > 0) unread.first = time;
      found.insert_or_assign({partition_, places_[met_]}, unread);
    }
    if (end_ - places_.back() <= to_count && end_ - offset <= to_count) tail_.push_back(offset);
    if (met_ == places_.size() && (end_ - places_.back() > to_count || offset + 1 == end_)) {
      finish(found);
      return end_;  // nothing more is wanted of it
    }
    if (met_ == places_.size() || places_[met_] - offset <= to_read) return std::nullopt;
    return wanted_ = places_[met_];
  }

  /// The end was reached: what was not met by now has no record before it.
  void finish(Found& found) {
    over_ = true;
    for (; met_ < places_.size(); ++met_) found.insert_or_assign({partition_, places_[met_]}, Unread{});
    for (const auto place : places_) {
      auto& unread = *found.at({partition_, place});
      if (unread.exact || end_ - place > to_count) continue;
      unread = {.records = tail_.end() - std::lower_bound(tail_.begin(), tail_.end(), place), .exact = true, .first = unread.first};
    }
  }

 private:
  Partition partition_;
  std::vector<std::int64_t> places_;
  std::int64_t end_, wanted_;
  std::size_t met_{};                 ///< places whose first record is found
  std::vector<std::int64_t> tail_{};  ///< offsets of the records among the last ones
  bool over_{};
};

using Ways = std::map<Partition, Way>;

void walk(const Settings& settings, Ways& ways, Reader::Isolation isolation, Found& found, Listener& to, const Deadline& until) {
  std::map<Partition, std::int64_t> from;
  for (const auto& [partition, way] : ways) from[partition] = way.begin();
  Reader reader{settings, from, isolation, to};
  for (auto open = ways.size(); open > 0;) {
    const auto next = reader.next(until);
    if (const auto* message = std::get_if<Message>(&next)) {
      auto& way = ways.at(message->partition);
      const bool was_over = way.over();
      if (const auto skip = way.met(message->offset, message->time, found)) reader.skip_to(message->partition, *skip);
      open -= way.over() && !was_over ? 1 : 0;
    } else if (const auto* end = std::get_if<End>(&next)) {
      auto& way = ways.at(end->partition);
      if (way.over() || end->next < way.end()) continue;
      way.finish(found);
      --open;
    } else {
      throw reader.silence(doing);
    }
  }
}

/// A peek needs little of each partition: the default would fetch a megabyte of each that somebody is far behind in. The length of the
/// queue stays: librdkafka before 2.2 rests for a second each time it is full.
Settings light(Settings settings) {
  settings.properties.emplace("fetch.message.max.bytes", "65536");
  return settings;
}

Ways ways_of(std::vector<Place> places, const std::map<Partition, std::int64_t>& ends) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::map<Partition, std::vector<std::int64_t>> by_partition;
  for (const auto& [partition, offset] : places) by_partition[partition].push_back(offset);
  Ways ways;
  for (auto& [partition, offsets] : by_partition) ways.try_emplace(partition, partition, std::move(offsets), ends.at(partition));
  return ways;
}

}  // namespace

std::map<Place, Known<Unread>> unread(const Settings& settings, std::vector<Place> places, const std::map<Partition, std::int64_t>& ends,
                                      Reader::Isolation isolation, Listener& to, const Deadline& until) {
  Found found;
  std::map<std::string, std::vector<Place>> by_topic;
  for (const auto& place : places) by_topic[place.first.topic].push_back(place);
  const auto read = [&](std::vector<Place> some) {
    auto ways = ways_of(std::move(some), ends);
    return attempt([&] { walk(light(settings), ways, isolation, found, to, until); });
  };
  if (places.empty()) return found;
  const auto all = read(places);
  if (all) return found;
  for (const auto& [topic, some] : by_topic) {  // a topic that cannot be read costs only itself
    const auto alone = by_topic.size() == 1 || until.over() ? all : read(some);
    if (alone) continue;
    for (const auto& place : some) found.try_emplace(place, tl::unexpected{alone.error()});
  }
  return found;
}

}  // namespace ctl::kafka
