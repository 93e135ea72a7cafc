#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <set>

#include "choose.hpp"
#include "health/topics.hpp"
#include "job.hpp"
#include "manifest/manifest.hpp"
#include "monitor.hpp"
#include "produce.hpp"
#include "session.hpp"
#include "transfer/transfer.hpp"

namespace ctl::cli {
namespace {

std::vector<std::string> declared_topics(const Project& project) {
  std::vector<std::string> names;
  for (const auto& topic : project.topics) names.push_back(topic.name);
  return names;
}

Answer list(Session& session) {
  const auto& typed = session.arguments();
  const auto reading = std::async(std::launch::async, [&] { return declared_topics(session.project()); }).share();
  kafka::Cluster cluster{session.kafka(), session.listener()};  // takes its time, as the manifest does
  const std::vector<std::string> keys{"cleanup.policy", "retention.ms"};
  const auto seen = cluster.describe_all([&] { return reading.get(); }, keys, session.deadline());
  const std::set<std::string> declared{reading.get().begin(), reading.get().end()};

  Report report{.kind = "topics_list"};
  Table table{.head = {"TOPIC", "MANAGED", "PARTITIONS", "REPLICAS", "POLICY", "RETENTION"}, .right = {2, 3}};
  Value topics{Value::List{}};
  for (const auto& [name, state] : seen) {
    if (!state) {
      report.unknown.push_back({"topics." + name, state.error().what()});
      continue;
    }
    const bool managed = declared.contains(name);
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

/// The topics to look at: those that were named, declared or not; else the declared ones, of one family if that was asked for.
std::vector<std::string> watched(Session& session) {
  const auto& typed = session.arguments();
  if (!typed.names.empty()) return typed.names;
  const auto& project = session.project();
  const auto family = typed.text("family");
  if (!family) return declared_topics(project);
  std::vector<std::string> families, names;
  for (const auto& one : project.families) families.push_back(one.name);
  const auto wanted = chosen({*family}, families, "family");
  for (const auto& topic : project.topics)
    if (topic.family == wanted[0]) names.push_back(topic.name);
  return names;
}

Answer status(Session& session) {
  const auto names = watched(session);
  Sources sources{session.around(), session.deadline()};
  const auto sights = health::look_at_topics(
      sources, names, {.sample = session.arguments().duration("sample"), .detail = !session.arguments().names.empty()}, session.deadline());
  const auto judged = health::judge_topics(session.project(), names, sights);
  for (const auto& topic : judged)
    if (topic.verdict == health::TopicVerdict::missing && topic.declared == nullptr) {
      const auto near = nearest(topic.name, declared_topics(session.project()));
      throw Error{Code::not_found,
                  {.what = "there is no topic " + topic.name, .hint = near ? "mykartctl topics status " + *near : "mykartctl topics list"}};
    }
  auto report = health::topics_report(judged, sights, !session.arguments().names.empty());
  report.ok = health::good(judged);
  if (report.ok == true && !report.unknown.empty()) report.ok = std::nullopt;
  const auto exit = report.ok == true ? Exit::done : Exit::not_good;
  return {std::move(report), exit};
}

Job job_of(Session& session) {
  Job job{.command = "topics apply"};
  for (const auto& name : chosen(session.arguments().names, declared_topics(session.project()), "topic"))
    job.order.push_back({"topics", {Kind::topic, name}});
  return job;
}

Answer plan(Session& session) { return only_plan(session, job_of(session)); }
Answer apply(Session& session) { return carry_out(session, job_of(session)); }

Answer export_live(Session& session) {
  const auto& typed = session.arguments();
  const auto& project = session.project();
  kafka::Cluster cluster{session.kafka(), session.listener()};
  std::vector<TopicState> live;
  for (const auto& [name, state] : typed.names.empty()
                                       ? cluster.describe_all([&] { return declared_topics(project); }, {}, session.deadline())
                                       : cluster.describe(typed.names, session.deadline())) {
    if (!state) throw Error{state.error()};
    const auto* declared = project.topic(name);
    const auto family = typed.text("family");
    if (typed.names.empty() && (state->internal || name == transfer::checkpoint_topic)) continue;
    if (!family || (declared != nullptr && declared->family == *family)) live.push_back(*state);
  }
  const auto file = manifest::exported(live, project);
  session.out().lines(session.out().format() == render::Format::json ? to_json(file, 2) + "\n" : to_yaml(file));
  return {};
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
  if (typed.has("local")) options.zone = RecordTime::Zone::local;
  if (typed.has("read-uncommitted")) options.isolation = kafka::Reader::Isolation::uncommitted;
  const auto result = monitor(session.kafka(), options, out, session.deadline());
  if (!out.closed())
    out.listener().note(Listener::Level::info,
                        fmt::format("{} of {} records shown", format_count(result.shown), format_count(result.read)));
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
    Command{.path = "topics status",
            .names = "[TOPIC…]",
            .summary = "are the declared topics as declared, and alive?",
            .details = "With a name: its partitions, configs and groups. VERDICT is ok, drift (not as topics.yaml says), missing, degraded "
                       "(no leader, or replicas behind) or unknown. What "
                       "a migration holds "
                       "different until finalize is no drift. RECORDS≤ counts offsets: markers and deleted records take some too.",
            .options = "family sample",
            .examples = "mykartctl topics status\nmykartctl topics status mykart.clicks --sample 5s  # one topic in detail, with its rate\n"
                        "mykartctl topics status -o json | jq .summary  # for scripts",
            .exits = "0 4",
            .timeout = std::chrono::seconds{10},
            .run = status},
    Command{.path = "topics plan",
            .names = "[TOPIC…]",
            .summary = "what differs from topics.yaml",
            .options = "out exit-code",
            .examples = "mykartctl topics plan\nmykartctl topics plan --exit-code  # 2: there is something to do",
            .exits = "0 2",
            .timeout = std::chrono::seconds{30},
            .run = plan},
    Command{.path = "topics apply",
            .names = "[TOPIC…]",
            .summary = "creates topics and brings their configs to topics.yaml",
            .details = "Never deletes a topic, and leaves every config alone that topics.yaml does not name. More partitions for a topic "
                       "with keys, or a "
                       "shorter retention, are destructive. With --no-lock it works without PostgreSQL, but leaves the retention of event "
                       "topics alone, which a migration may hold open.",
            .options = "plan dry-run yes allow-destructive confirm no-lock",
            .examples = "mykartctl topics apply\nmykartctl topics apply mykart.clicks --dry-run\nmykartctl topics apply --yes  # in CI",
            .exits = "0 3 5",
            .timeout = std::chrono::minutes{3},
            .run = apply},
    Command{.path = "topics export",
            .names = "[TOPIC…]",
            .summary = "a topics.yaml of what is live",
            .details =
                "For a cluster that has topics and no manifest yet: its plan is empty. Configs are those set on the topic itself. Describe "
                "the topics and name their owners before you commit it; the mapping of event tables (source) is not in a cluster.",
            .options = "family",
            .examples = "mykartctl topics export > topics.yaml\nmykartctl topics export mykart.clicks",
            .exits = "0",
            .timeout = std::chrono::seconds{10},
            .run = export_live},
    Command{.path = "topics monitor",
            .names = "TOPIC…",
            .summary = "shows events as they arrive; Ctrl-C ends it",
            .details = "-N, OFFSET and the ends count in each partition. With -o json each record is one line, with its headers; bytes "
                       "that are no text "
                       "are under key_base64 and value_base64. Only records of committed transactions are shown unless --read-uncommitted.",
            .options = "from to limit key grep partition read-uncommitted local",
            .examples = "mykartctl topics monitor mykart.cart-events  # each event the moment it is posted\n"
                        "mykartctl topics monitor mykart.clicks --from -10 --to end  # the last ten of each partition\n"
                        "mykartctl topics monitor mykart.clicks --from -2h --key product-42 -o json  # what happened to one key",
            .exits = "0 3",
            .run = show},
    Command{.path = "topics produce",
            .names = "TOPIC",
            .summary = "writes records, as topics monitor -o json prints them",
            .details = "A line is a record: {\"key\":…,\"value\":…}, with partition, time and headers if they matter, and key_base64, "
                       "value_base64 for bytes that are no text. A tombstone is \"value\":null. Without a partition the key decides, as in "
                       "Java. Each record gets the header mykartctl-test unless it has it. The first line that is no record ends it. "
                       "When Kafka fails, what was written is the first records of each partition, in order, and the error says how many "
                       "are there, are not, or may be, and from which line to go on. "
                       "A protected context, or an event topic while a migration runs, needs a yes; with a pipe on stdin, --yes.",
            .options = "file rate yes confirm",
            .examples =
                "mykartctl topics produce mykart.clicks -f records.jsonl\n"
                "mykartctl topics produce mykart.clicks -f - --rate 100  # what topics monitor -o json prints, copied byte for byte",
            .exits = "0 5",
            .run = produce},
};

}  // namespace

std::span<const Command> topics_commands() noexcept { return commands; }

}  // namespace ctl::cli
