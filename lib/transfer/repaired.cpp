#include "transfer/repaired.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"
#include "value/value.hpp"

namespace ctl::transfer {
namespace {

constexpr std::string_view between = "/repaired/";  // no topic's name has a slash: no table's identity ends like this
constexpr std::int64_t most_ids = 1'000'000;        // of a note; a repair writes some thousands into one

Error unreadable(std::string_view bytes, std::string cause) {
  return {Code::failed,
          {.what = fmt::format("a record of {} does not say what a repair has brought", checkpoint_topic),
           .cause = std::move(cause),
           .where = std::string{bytes.substr(0, 200)}}};
}

/// "1-5,7,9-12".
std::string to_text(const IdSet& ids) {
  std::string text;
  ids.ranges([&](std::int64_t first, std::int64_t last) {
    if (!text.empty()) text += ',';
    text += std::to_string(first);
    if (last != first) text += fmt::format("-{}", last);
    return true;
  });
  return text;
}

bool add_range(IdSet& ids, std::string_view text) {
  const auto dash = text.find('-', 1);  // an id may be negative
  const auto first = parse_integer(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_integer(text.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  if (static_cast<std::uint64_t>(*last) - static_cast<std::uint64_t>(*first) > most_ids) return false;
  ids.add(*first, *last);
  return true;
}

}  // namespace

std::string key_of(const RepairNote& note, const std::string& identity) {
  std::int64_t least = 0;
  note.ids.ranges([&](std::int64_t first, std::int64_t) {
    least = first;
    return false;
  });
  return fmt::format("{}{}{}/{}", identity, between, note.repair, least);
}

std::string to_bytes(const RepairNote& note) {
  Value from{Value::Map{}};
  for (const auto& [partition, offset] : note.from) from.set(std::to_string(partition), offset);
  Value value;
  value.set("repair", note.repair).set("topic_id", note.topic_id).set("from", std::move(from)).set("ids", to_text(note.ids));
  return to_json(value);
}

RepairNote repair_note_from(std::string_view bytes) {
  const auto parsed = attempt([&] { return parse_json(bytes, std::string{checkpoint_topic}); });
  if (!parsed) throw unreadable(bytes, parsed.error().what());
  const auto text = [&](const char* key) {
    const auto* found = parsed->find(key);
    if (found == nullptr || found->text() == nullptr) throw unreadable(bytes, fmt::format("{} is missing", key));
    return *found->text();
  };
  RepairNote note{.repair = text("repair"), .topic_id = text("topic_id"), .from = {}, .ids = {}};
  const auto* from = parsed->find("from");
  if (from == nullptr || from->map() == nullptr) throw unreadable(bytes, "from is missing");
  for (const auto& one : *from->map()) {
    const auto partition = parse_integer(one.key);
    if (!partition || one.value.integer() == nullptr) throw unreadable(bytes, "an offset is missing");
    note.from[static_cast<int>(*partition)] = *one.value.integer();
  }
  const auto ids = text("ids");
  for (std::string_view rest = ids; !rest.empty();) {
    const auto comma = rest.find(',');
    if (!add_range(note.ids, rest.substr(0, comma))) throw unreadable(bytes, "the ids are not ids");
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return note;
}

std::string topic_id_of(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  return cluster.topic_ids(std::array{topic}, until).at(topic).value_or("");
}

RepairedEvents::RepairedEvents(const kafka::Settings& settings, kafka::Cluster& cluster, const EventTable& table,
                               const std::string& identity, Listener& listener, const Deadline& until) {
  const std::string topic{checkpoint_topic};
  const auto described = cluster.describe(std::array{topic}, until).at(topic);
  if (!described && described.error().code() == Code::not_found) return;
  std::map<std::string, std::vector<RepairNote>> notes;  // by their repair
  const auto mine = identity + std::string{between};
  scan(settings, topic, offsets_of(cluster, topic, kafka::Cluster::At::earliest, until),
       offsets_of(cluster, topic, kafka::Cluster::At::latest, until), listener, until, [&](const kafka::Message& message) {
         if (!message.key || !message.value || !message.key->starts_with(mine)) return;
         auto note = repair_note_from(*message.value);
         notes[note.repair].push_back(std::move(note));
       });
  if (notes.empty()) return;
  const auto id = topic_id_of(cluster, table.topic, until);
  std::size_t repair = 0;
  for (auto& [time, of_repair] : notes) {
    ++repair;
    for (auto& note : of_repair) {
      if (note.topic_id != id && !note.topic_id.empty() && !id.empty()) continue;
      add(repair, std::move(note));
    }
  }
}

/// Transactions that followed each other become one: there may be hundreds, and each event is looked up.
void RepairedEvents::add(std::size_t repair, RepairNote note) {
  if (notes_.empty() || notes_.back().repair != repair || notes_.back().note.from != note.from) {
    notes_.push_back({repair, std::move(note)});
    return;
  }
  note.ids.ranges([&](std::int64_t first, std::int64_t last) {
    notes_.back().note.ids.add(first, last);
    return true;
  });
}

std::size_t RepairedEvents::look_up(std::int64_t id, int partition, std::int64_t offset) const {
  const auto found = std::find_if(notes_.begin(), notes_.end(), [&](const Found& one) {
    const auto from = one.note.from.find(partition);
    return from != one.note.from.end() && offset >= from->second && one.note.ids.contains(id);
  });
  return found == notes_.end() ? 0 : found->repair;
}

}  // namespace ctl::transfer
