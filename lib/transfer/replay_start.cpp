#include "transfer/replay_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

std::optional<std::int64_t> at(const Offsets& offsets, int partition) {
  const auto found = offsets.find(partition);
  return found == offsets.end() ? std::nullopt : std::optional{found->second};
}

/// Why the topic of today cannot be the one that was replayed, or proved before; "" if nothing speaks against it.
std::string made_anew(const std::optional<std::string>& known_id, const Offsets& reached, std::string_view how, const TopicNow& now) {
  if (known_id && now.id && *known_id != *now.id)
    return fmt::format("it was {} with the id {}, and has the id {}", how, *known_id, *now.id);
  for (const auto& [partition, offset] : reached) {
    const auto end = at(now.ends, partition);
    if (!end || *end < offset)
      return fmt::format("partition {} was {} up to offset {} and ends at {}", partition, how, offset, end.value_or(0));
  }
  return {};
}

}  // namespace

ReplayedTo replayed_to(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  ReplayedTo known;
  if (!session.query(sql::replay_known, until).at(0, "known")) return known;
  const postgres::Names names{{"table", journal_name(table)}, {"bare", table.table.name}, {"topic", table.topic}};
  const auto rows = session.query(sql::replay_next, names, until);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto partition = static_cast<int>(rows.integer(i, "partition"));
    known.start[partition] = rows.integer(i, "start_offset");
    known.next[partition] = rows.integer(i, "next_offset");
    if (rows.at(i, "topic_id")) known.topic_id = rows.text(i, "topic_id");
  }
  return known;
}

ReplayStart judge_start(const ReplayedTo& known, const ProvedTopic& proved, const TopicNow& now) {
  ReplayStart start;
  start.anew = made_anew(known.topic_id, known.next, "replayed", now);
  const bool begun = known.topic_id && known.topic_id == now.id;  // then an older proof may well be of another one, whose loss is accepted
  if (start.anew.empty() && !begun) start.anew = made_anew(proved.topic_id, proved.ends, "proved", now);
  for (const auto& [partition, first] : now.starts) {
    const auto reached = at(known.next, partition);
    const auto expected = reached.value_or(at(proved.firsts, partition).value_or(0));
    start.next[partition] = start.anew.empty() && reached ? std::max(expected, first) : first;
    if (start.anew.empty() && first > expected) start.gaps.push_back({partition, expected, first});
  }
  if (start.anew.empty()) return start;
  for (const auto& [partition, end] : proved.ends)  // all that is known of the one that is gone
    if (const auto next = at(known.next, partition).value_or(0); next < end) start.gaps.push_back({partition, next, end});
  return start;
}

std::uint64_t ReplayStart::lost() const {
  std::uint64_t sum = 0;
  for (const auto& gap : gaps) sum += static_cast<std::uint64_t>(gap.to - gap.from);
  return anew.empty() ? sum : std::max<std::uint64_t>(sum, 1);
}

std::string to_string(const std::vector<ReplayStart::Gap>& gaps) {
  std::string text;
  for (const auto& gap : gaps)
    text += fmt::format("{}partition {} offsets {} to {}", text.empty() ? "" : ", ", gap.partition, gap.from, gap.to - 1);
  return text;
}

ReplayStart replay_start(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const ProvedTopic& proved,
                         Listener& listener, const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  const auto now = attempt([&] { return topic_now(cluster, table.topic, until); });
  if (!now && now.error().code() != Code::not_found) throw now.error();
  return judge_start(replayed_to(session, table, until), proved, now ? *now : TopicNow{});
}

Error removed_before_replay(const EventTable& table, const ReplayStart& start) {
  const auto lost = start.lost();
  if (!start.anew.empty())
    return {Code::refused,
            {.what = fmt::format("topic {} was made anew: {}", table.topic, start.anew),
             .cause = start.gaps.empty() ? "what came into the old one after it was replayed is gone, and nobody knows how much that is"
                                         : "gone with the old one, and never replayed: at least " + to_string(start.gaps),
             .hint = fmt::format("--accept-loss {} begins with the new one", lost)}};
  return {Code::refused,
          {.what = fmt::format("topic {} has lost at most {} events that were never replayed", table.topic, lost),
           .cause = "removed by retention or by hand: " + to_string(start.gaps),
           .hint = fmt::format("--accept-loss {} goes on without them", lost)}};
}

}  // namespace ctl::transfer
