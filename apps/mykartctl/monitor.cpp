#include "monitor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base64.hpp"
#include "core/utf8.hpp"
#include "value/value.hpp"

namespace ctl::cli {
namespace {

using kafka::Partition;
using Of = RecordPosition::Of;
using Places = std::map<Partition, std::int64_t>;

std::vector<Partition> partitions_of(kafka::Cluster& cluster, const MonitorOptions& options, const Deadline& until) {
  std::vector<Partition> chosen;
  for (const auto& [topic, state] : cluster.describe(options.topics, until)) {
    if (!state && state.error().code() == Code::not_found) {
      const auto near = nearest(topic, cluster.topics(until));
      throw Error{Code::not_found,
                  {.what = "there is no topic " + topic, .hint = near ? "mykartctl topics monitor " + *near : "mykartctl topics list"}};
    }
    if (!state) throw state.error();
    for (const int wanted : options.partitions)
      if (wanted >= static_cast<int>(state->partitions.size()))
        throw Error{
            Code::not_found,
            {.what = fmt::format("{} has no partition {}", topic, wanted), .hint = fmt::format("0 to {}", state->partitions.size() - 1)}};
    for (const auto& partition : state->partitions)
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

bool is_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto character = first_character(bytes);
    if (!character.valid) return false;
    bytes.remove_prefix(character.size);
  }
  return true;
}

/// Bytes as JSON: text under `name`; what is no text under `name`_base64, so that nothing is lost.
void set_bytes(Value& record, const std::string& name, const std::optional<std::string_view>& bytes) {
  record.set(name, bytes && is_text(*bytes) ? Value{*bytes} : Value{});
  if (bytes && !is_text(*bytes)) record.set(name + "_base64", to_base64(*bytes));
}

std::string json_line(const kafka::Message& message) {
  Value record, headers{Value::List{}};
  record.set("topic", message.partition.topic)
      .set("partition", message.partition.id)
      .set("offset", message.offset)
      .set("time", format_instant(message.time));
  set_bytes(record, "key", message.key);
  set_bytes(record, "value", message.value);
  for (const auto& header : message.headers) {
    Value one;
    one.set("name", header.name);
    set_bytes(one, "value", header.value);
    headers.push(std::move(one));
  }
  return to_json(record.set("headers", std::move(headers)));
}

/// Columns of a stream have the widths of what is usual: nobody knows what will come.
std::string row(std::string_view time, std::string_view topic, std::string_view partition, std::string_view offset, std::string_view key,
                std::string_view value, std::size_t topic_width) {
  auto line = fmt::format("{:<24}  ", time);
  if (topic_width > 0) line += fmt::format("{:<{}}  ", topic, topic_width);
  return line + fmt::format("{:>9}  {:>10}  {:<16}  {}", partition, offset, key, value);
}

class Printer {
 public:
  Printer(const MonitorOptions& options, render::Output& out) : out_{out} {
    if (options.topics.size() > 1)
      for (const auto& topic : options.topics) topic_width_ = std::max(topic_width_, topic.size());
    if (out.format() == render::Format::table || out.format() == render::Format::wide)
      out.line(row("TIME", "TOPIC", "PARTITION", "OFFSET", "KEY", "VALUE", topic_width_));
  }
  void print(const kafka::Message& message) const {
    if (out_.format() == render::Format::json) return out_.line(json_line(message));
    if (out_.format() == render::Format::name) return out_.line(message.key.value_or("null"));
    out_.line(row(format_instant(message.time), message.partition.topic, fmt::format("{}", message.partition.id),
                  fmt::format("{}", message.offset), message.key.value_or("null"), message.value.value_or("null"), topic_width_));
  }

 private:
  render::Output& out_;
  std::size_t topic_width_{};
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
  [[nodiscard]] bool beyond(const Partition& partition, std::int64_t offset) const {
    if (!to_) return false;
    const auto end = to_->find(partition);
    return end == to_->end() || offset >= end->second;
  }
  void pass(const Partition& partition, std::int64_t next) {
    if (to_ && beyond(partition, next)) to_->erase(partition);
  }

 private:
  std::optional<Places> to_;
};

}  // namespace

Monitored monitor(const kafka::Settings& settings, const MonitorOptions& options, render::Output& out, const Deadline& until) {
  Monitored result;
  const auto opening = until.within(10s);
  kafka::Cluster cluster{settings, out.listener()};
  const auto partitions = partitions_of(cluster, options, opening);
  const auto from = resolve(cluster, partitions, options.from, opening);
  Remaining remaining{from, options.to ? std::optional{resolve(cluster, partitions, *options.to, opening)} : std::nullopt};
  const Printer printer{options, out};
  kafka::Reader reader{settings, from, options.isolation, out.listener()};
  while (!remaining.over() && result.shown < options.limit.value_or(UINT64_MAX)) {
    if (until.over() || out.closed()) return result;
    const auto next = reader.next(until.within(500ms));  // a reader that went away shows on stdout only
    if (const auto* message = std::get_if<kafka::Message>(&next)) {
      if (remaining.beyond(message->partition, message->offset)) {
        remaining.pass(message->partition, message->offset);
        continue;
      }
      ++result.read;
      if (wanted(*message, options)) printer.print(*message), ++result.shown;
      remaining.pass(message->partition, message->offset + 1);
    } else if (const auto* end = std::get_if<kafka::End>(&next)) {
      remaining.pass(end->partition, end->next);
    }
  }
  result.complete = true;
  return result;
}

}  // namespace ctl::cli
