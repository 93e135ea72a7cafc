#include "journal/seal.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "value/value.hpp"

namespace ctl {
namespace {

/// Reads what to_json_text has written; throws Error for anything else.
class Reading {
 public:
  explicit Reading(const Value& map) : map_{map} {}
  [[nodiscard]] const Value& member(std::string_view key) const {
    const auto* value = map_.find(key);
    if (value == nullptr) throw Error{Code::failed, {.what = fmt::format("'{}' is missing", key)}};
    return *value;
  }
  [[nodiscard]] std::string text(std::string_view key) const {
    const auto* text = member(key).text();
    if (text == nullptr) throw Error{Code::failed, {.what = fmt::format("'{}' is no text", key)}};
    return *text;
  }
  [[nodiscard]] std::int64_t integer(std::string_view key) const {
    const auto* number = member(key).integer();
    if (number == nullptr) throw Error{Code::failed, {.what = fmt::format("'{}' is no number", key)}};
    return *number;
  }

 private:
  const Value& map_;
};

SealedTable table_from(const Reading& in) {
  SealedTable table{.server = in.text("server"),
                    .database = in.text("database"),
                    .rows = static_cast<std::uint64_t>(in.integer("rows")),
                    .versions = in.text("versions")};
  if (!in.member("last_id").is_null()) table.last_id = in.integer("last_id");
  const auto* relations = in.member("relations").list();
  if (relations == nullptr) throw Error{Code::failed, {.what = "'relations' is no list"}};
  for (const auto& item : *relations) {
    const Reading one{item};
    table.relations.push_back(
        {.oid = one.integer("oid"), .filenode = one.integer("filenode"), .name = one.text("name"), .columns = one.text("columns")});
  }
  return table;
}

SealedTopic topic_from(const Reading& in) {
  SealedTopic topic;
  if (!in.member("id").is_null()) topic.id = in.text("id");
  const auto* partitions = in.member("partitions").map();
  if (partitions == nullptr) throw Error{Code::failed, {.what = "'partitions' is no map"}};
  for (const auto& partition : *partitions) {
    const Reading one{partition.value};
    topic.partitions[static_cast<int>(parse_integer(partition.key).value_or(-1))] = {one.integer("start"), one.integer("end")};
  }
  return topic;
}

}  // namespace

std::string to_json_text(const SealFacts& facts) {
  Value relations{Value::List{}};
  for (const auto& relation : facts.table.relations) {
    Value one;
    one.set("oid", relation.oid).set("filenode", relation.filenode).set("name", relation.name).set("columns", relation.columns);
    relations.push(std::move(one));
  }
  Value table;
  table.set("server", facts.table.server).set("database", facts.table.database).set("rows", facts.table.rows);
  table.set("last_id", facts.table.last_id ? Value{*facts.table.last_id} : Value{}).set("versions", facts.table.versions);
  table.set("relations", std::move(relations));

  Value partitions{Value::Map{}};
  for (const auto& [partition, offsets] : facts.topic.partitions) {
    Value one;
    partitions.set(std::to_string(partition), one.set("start", offsets.start).set("end", offsets.end));
  }
  Value topic;
  topic.set("id", facts.topic.id ? Value{*facts.topic.id} : Value{}).set("partitions", std::move(partitions));
  Value all;
  return to_json(all.set("declaration", facts.declaration).set("table", std::move(table)).set("topic", std::move(topic)));
}

std::optional<SealFacts> seal_facts_from(std::string_view json) {
  if (json.empty()) return std::nullopt;
  auto read = attempt([&] {
    const auto parsed = parse_json(json, "mykartctl.seal");
    const Reading in{parsed};
    return SealFacts{.declaration = in.text("declaration"),
                     .table = table_from(Reading{in.member("table")}),
                     .topic = topic_from(Reading{in.member("topic")})};
  });
  return read ? std::optional{std::move(*read)} : std::nullopt;
}

}  // namespace ctl
