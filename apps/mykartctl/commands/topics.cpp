#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kafka/cluster.hpp"
#include "monitor.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

Answer list(Session& session) {
  const auto& typed = session.arguments();
  const auto& project = session.project();
  kafka::Cluster cluster{session.kafka(), session.listener()};
  const auto seen = cluster.describe(cluster.topics(session.deadline()), session.deadline());

  Report report{.kind = "topics_list"};
  Table table{.head = {"TOPIC", "MANAGED", "PARTITIONS", "REPLICAS", "POLICY", "RETENTION"}, .right = {2, 3}};
  Value topics{Value::List{}};
  for (const auto& [name, state] : seen) {
    if (!state) {
      report.unknown.push_back({"topics." + name, state.error().what()});
      continue;
    }
    const bool managed = project.topic(name) != nullptr;
    if ((state->internal && !typed.has("internal")) || (managed && typed.has("unmanaged"))) continue;
    Value topic;
    topic.set("name", name).set("managed", managed).set("internal", state->internal).set("partitions", state->partitions.size());
    const auto policy = config_text(*state, "cleanup.policy");
    const auto retention = config_number(*state, "retention.ms");
    topic.set("replication", state->replication()).set("cleanup_policy", policy ? Value{*policy} : Value{});
    topics.push(topic.set("retention_ms", retention ? Value{*retention} : Value{}));
    table.rows.push_back({{name},
                          {managed ? "yes" : "no"},
                          {fmt::format("{}", state->partitions.size())},
                          {fmt::format("{}", state->replication())},
                          {policy.value_or("?")},
                          {format_retention(retention)}});
    report.names.push_back(name);
  }
  report.data.set("topics", std::move(topics));
  report.blocks.emplace_back(std::move(table));
  return {std::move(report)};
}

Answer show(Session& session) {
  const auto& typed = session.arguments();
  auto& out = session.out();
  if (out.format() == render::Format::yaml)
    throw Error{Code::usage, {.what = "topics monitor is a stream: its lines are a table or JSON", .hint = "-o json"}};
  MonitorOptions options{.topics = typed.names, .to = typed.position("to"), .key = typed.text("key"), .grep = typed.text("grep")};
  if (const auto from = typed.position("from")) options.from = *from;
  if (const auto limit = typed.count("limit")) options.limit = static_cast<std::uint64_t>(*limit);
  for (const auto& partition : typed.texts("partition"))
    options.partitions.push_back(static_cast<int>(parse_integer(partition).value_or(0)));
  if (typed.has("read-uncommitted")) options.isolation = kafka::Reader::Isolation::uncommitted;
  const auto result = monitor(session.kafka(), options, out, session.deadline());
  out.listener().note(Listener::Level::info, fmt::format("{} of {} records shown", format_count(result.shown), format_count(result.read)));
  const bool out_of_time = !result.complete && !session.stopped() && !out.closed();
  return {.exit = out_of_time ? Exit::waiting : Exit::done};
}

constexpr std::array commands{
    Command{.path = "topics list",
            .summary = "the topics of the cluster",
            .options = "internal unmanaged",
            .examples = "mykartctl topics list\nmykartctl topics list --unmanaged -o name  # what topics.yaml does not know, one a line",
            .exits = "0",
            .timeout = std::chrono::seconds{10},
            .run = list},
    Command{.path = "topics monitor",
            .names = "TOPIC…",
            .summary = "shows events as they arrive; Ctrl-C ends it",
            .details = "-N, OFFSET and the ends count in each partition. With -o json each record is one line, with its headers; bytes "
                       "that are no text "
                       "are under key_base64 and value_base64. Only records of committed transactions are shown unless --read-uncommitted.",
            .options = "from to limit key grep partition read-uncommitted",
            .examples = "mykartctl topics monitor mykart.cart-events  # each event the moment it is posted\n"
                        "mykartctl topics monitor mykart.clicks --from -10 --to end  # the last ten of each partition\n"
                        "mykartctl topics monitor mykart.clicks --from -2h --key product-42 -o json  # what happened to one key",
            .exits = "0 3",
            .run = show},
};

}  // namespace

std::span<const Command> topics_commands() noexcept { return commands; }

}  // namespace ctl::cli
