#include <fmt/format.h>

#include "apply/group_reset.hpp"
#include "value/fields.hpp"

namespace ctl {
namespace {

Value number(const std::optional<std::int64_t>& n) { return n ? Value{*n} : Value{}; }
std::string text(const std::optional<std::int64_t>& n) { return n ? fmt::format("{}", *n) : "-"; }

std::optional<std::int64_t> delta_of(const OffsetMove& move) {
  return move.now && move.next ? std::optional{*move.next - *move.now} : std::nullopt;
}

}  // namespace

Report report(const GroupReset& reset, const ResetDone& done) {
  Report report{.kind = "groups_reset", .warnings = reset.warnings};
  Table table{.head = {"TOPIC", "PARTITION", "NOW", "NEW", "DELTA"}, .right = {1, 2, 3, 4}};
  Value partitions{Value::List{}}, undo;
  for (const auto& [partition, move] : reset.moves) {
    const auto delta = delta_of(move);
    Value one;
    one.set("topic", partition.topic).set("partition", partition.id);
    partitions.push(one.set("now", number(move.now)).set("new", number(move.next)).set("delta", number(delta)));
    const auto style = move.now == move.next ? Style::faint : Style::plain;
    table.rows.push_back({{partition.topic, style},
                          {fmt::format("{}", partition.id), style},
                          {text(move.now), style},
                          {text(move.next), style},
                          {delta ? fmt::format("{:+}", *delta) : "-", style}});
  }
  if (!done.undo_file.empty()) undo.set("file", done.undo_file).set("command", done.undo_command);
  report.data.set("group", reset.group).set("cluster_id", reset.cluster_id).set("partitions", std::move(partitions));
  report.data.set("blocked", reset.blocked ? Value{reset.blocked->what()} : Value{});
  report.data.set("applied", done.applied).set("undo", std::move(undo));
  report.line("group " + reset.group, Style::strong).blocks.emplace_back(std::move(table));
  if (reset.blocked) {
    report.ok = false;
    report.line(fmt::format("refused now: {}; {}", reset.blocked->what(), reset.blocked->text().cause), Style::bad);
  } else if (reset.before().empty()) {
    report.line("nothing to do", Style::good);
  } else if (done.applied) {
    report.line("undo: " + done.undo_command);
    report.names.push_back(done.undo_file);
  }
  return report;
}

Plan plan_of(const GroupReset& reset, std::string context) {
  Plan plan{.target = "group", .context = std::move(context), .cluster_id = reset.cluster_id};
  plan.steps.push_back({.resource = {Kind::group, reset.group},
                        .action = Action::update,
                        .summary = counted(reset.after().size(), "offset"),
                        .risk = Risk::disruptive,
                        .why = "its consumers go on elsewhere: records are read again, or left out"});
  return plan;
}

Value to_value(const SavedOffsets& saved, Millis at) {
  Value offsets{Value::List{}}, value;
  for (const auto& [partition, offset] : saved.offsets) {
    Value one;
    offsets.push(one.set("topic", partition.topic).set("partition", partition.id).set("offset", number(offset)));
  }
  value.set("kind", "group_offsets").set("version", 1).set("cluster_id", saved.cluster_id).set("group", saved.group);
  return value.set("time", format_instant(at)).set("offsets", std::move(offsets));
}

SavedOffsets read_saved_offsets(std::string_view json, const std::string& file) {
  Problems problems;
  SavedOffsets saved;
  const auto root = parse_json(json, file, problems);
  if (root) {
    Fields top{*root, problems};
    if (top.text("kind") != "group_offsets") top.wrong("kind", "wrong-kind", "this is no file of saved offsets");
    static_cast<void>(top.integer("version", 1, 1));
    saved.group = top.text("group");
    saved.cluster_id = top.text("cluster_id");
    static_cast<void>(top.text("time"));
    if (const auto* offsets = top.list_if("offsets"))
      for (const auto& one : *offsets->list()) {
        Fields fields{one, problems};
        const kafka::Partition partition{fields.text("topic"), static_cast<int>(fields.integer("partition", 0, INT32_MAX))};
        if (one.find("offset") == nullptr) fields.wrong("offset", "missing-key", "'offset' is missing", "null stands for no commit");
        saved.offsets[partition] = fields.integer_if("offset", 0, INT64_MAX);
      }
  }
  if (has_errors(problems)) fail(problems);
  return saved;
}

}  // namespace ctl
