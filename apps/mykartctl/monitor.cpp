#include "monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "choose.hpp"
#include "record_json.hpp"
#include "record_table.hpp"

namespace ctl::cli {
namespace {

using kafka::Partition;
using Of = RecordPosition::Of;
using Places = std::map<Partition, std::int64_t>;

constexpr auto tick = 500ms;  // of waiting: a reader of ours that went away shows on stdout only

std::vector<Partition> partitions_of(kafka::Cluster& cluster, const MonitorOptions& options, const Deadline& until) {
  std::vector<Partition> chosen;
  for (const auto& [topic, state] : existing(cluster, options.topics, "mykartctl topics monitor", until)) {
    for (const int wanted : options.partitions)
      if (wanted >= static_cast<int>(state.partitions.size()))
        throw Error{
            Code::not_found,
            {.what = fmt::format("{} has no partition {}", topic, wanted), .hint = fmt::format("0 to {}", state.partitions.size() - 1)}};
    for (const auto& partition : state.partitions)
      if (options.partitions.empty() ||
          std::find(options.partitions.begin(), options.partitions.end(), partition.id) != options.partitions.end())
        chosen.push_back({topic, partition.id});
  }
  return chosen;
}

std::int64_t known(const std::map<Partition, Known<std::int64_t>>& offsets, const Partition& partition) {
  const auto& offset = offsets.at(partition);
  if (!offset) throw offset.error();
  return *offset;
}

/// A position as an offset of each partition, within what it holds.
Places resolve(kafka::Cluster& cluster, std::span<const Partition> partitions, const RecordPosition& position, const Deadline& until) {
  using At = kafka::Cluster::At;
  const auto start = cluster.offsets(partitions, At::earliest, until), end = cluster.offsets(partitions, At::latest, until);
  const auto found = position.of == Of::instant     ? cluster.offsets(partitions, position.at, until)
                     : position.of == Of::beginning ? start
                                                    : end;
  Places places;
  for (const auto& partition : partitions) {
    const auto first = known(start, partition), last = known(end, partition);
    const auto offset =
        position.of == Of::offset ? position.number : known(found, partition) - (position.of == Of::last ? position.number : 0);
    places[partition] = std::clamp(offset, first, std::max(first, last));
  }
  return places;
}

/// Lines on their way out: many records leave in one piece, and none waits while the reader does.
class Printer {
 public:
  Printer(const MonitorOptions& options, render::Output& out)
      : out_{out},
        json_{[&out](std::string_view text) { return out.hides(text); }},
        table_{{.topic = topic_width(options),
                .headers = out.format() == render::Format::wide,
                .zone = options.zone,
                .coloured = out.coloured()}} {
    if (out.format() == render::Format::table || out.format() == render::Format::wide) table_.head(pending_);
    flush();
  }
  void print(const kafka::Message& message) {
    if (out_.format() == render::Format::json) {
      json_.append(pending_, message);
    } else if (out_.format() == render::Format::name) {
      append_text(pending_, shown(message.key));
      pending_ += '\n';
    } else {
      table_.append(pending_, message);
    }
    if (pending_.size() >= enough) flush();
  }
  void flush() {
    if (pending_.empty()) return;
    out_.lines(pending_);
    pending_.clear();
  }

 private:
  static constexpr std::size_t enough = 64UL * 1024;
  static std::size_t topic_width(const MonitorOptions& options) {
    std::size_t width = 0;
    if (options.topics.size() > 1)
      for (const auto& topic : options.topics) width = std::max(width, topic.size());
    return width;
  }

  render::Output& out_;
  JsonRecords json_;
  RecordTable table_;
  std::string pending_{};
};

bool wanted(const kafka::Message& message, const MonitorOptions& options) {
  return (!options.key || message.key == *options.key) &&
         (!options.grep || (message.value && message.value->find(*options.grep) != std::string_view::npos));
}

/// What is still to be read when there is an end: partitions leave it as they reach theirs.
class Remaining {
 public:
  Remaining(const Places& from, std::optional<Places> to) : to_{std::move(to)} {
    if (!to_) return;
    for (const auto& [partition, at] : from) pass(partition, at);
  }
  [[nodiscard]] bool over() const { return to_ && to_->empty(); }
  [[nodiscard]] bool beyond(const Partition& partition, std::int64_t offset) {
    if (!to_) return false;
    if (&partition != last_) {  // records come in runs of one partition, and each has one object in the reader
      last_ = &partition;
      const auto end = to_->find(partition);
      last_end_ = end == to_->end() ? 0 : end->second;
    }
    return offset >= last_end_;
  }
  void pass(const Partition& partition, std::int64_t next) {
    if (!beyond(partition, next)) return;
    if (to_) to_->erase(partition), stuck_.erase(partition);
    last_ = nullptr;
  }
  /// All that can be read below `next` was read, and more was asked for.
  void stuck(const Partition& partition, std::int64_t next) {
    if (to_ && to_->contains(partition)) stuck_[partition] = next;
  }
  /// Why nothing comes, once: a read_committed reader gets no further than the oldest open transaction.
  [[nodiscard]] std::string obstacle() {
    if (told_ || !to_ || to_->empty() || stuck_.size() < to_->size()) return "";
    told_ = true;
    const auto& [partition, next] = *stuck_.begin();
    return fmt::format("waiting for an open transaction: {} can be read to offset {}, the end is {}{} (--read-uncommitted does not wait)",
                       to_string(partition), next, to_->at(partition),
                       stuck_.size() > 1 ? fmt::format(", and {} more", counted(stuck_.size() - 1, "partition")) : "");
  }

 private:
  std::optional<Places> to_;
  Places stuck_{};
  const Partition* last_{};
  std::int64_t last_end_{};
  bool told_{};
};

}  // namespace

Monitored monitor(const kafka::Settings& settings, const MonitorOptions& options, render::Output& out, const Deadline& until) {
  Monitored result;
  const auto opening = until.within(10s);
  kafka::Cluster cluster{settings, out.listener()};
  const auto partitions = partitions_of(cluster, options, opening);
  const auto from = resolve(cluster, partitions, options.from, opening);
  Remaining remaining{from, options.to ? std::optional{resolve(cluster, partitions, *options.to, opening)} : std::nullopt};
  Printer printer{options, out};
  kafka::Reader reader{settings, from, options.isolation, out.listener()};
  auto idle = until.within(tick);
  bool lost = false;  // and said so
  while (!remaining.over() && result.shown < options.limit.value_or(UINT64_MAX)) {
    if (reader.drained()) {
      printer.flush();
      if (until.over() || out.closed()) return result;
    }
    const auto next = reader.next(idle);
    if (const auto* message = std::get_if<kafka::Message>(&next)) {
      if (remaining.beyond(message->partition, message->offset)) {
        remaining.pass(message->partition, message->offset);
        continue;
      }
      lost = false;
      ++result.read;
      if (wanted(*message, options)) printer.print(*message), ++result.shown;
      remaining.pass(message->partition, message->offset + 1);
    } else if (const auto* end = std::get_if<kafka::End>(&next)) {
      remaining.stuck(end->partition, end->next);
      remaining.pass(end->partition, end->next);
    } else {
      if (const auto why = remaining.obstacle(); !why.empty()) out.listener().note(Listener::Level::warn, why);
      if (const auto why = reader.lost(); why && !std::exchange(lost, true))
        out.listener().note(Listener::Level::warn, fmt::format("{}; it goes on when Kafka is back", why->what()));
      idle = until.within(tick);
    }
  }
  printer.flush();
  result.complete = true;
  return result;
}

}  // namespace ctl::cli
