#include "produce.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "choose.hpp"
#include "confirm.hpp"
#include "health/status.hpp"
#include "kafka/sender.hpp"
#include "line_input.hpp"
#include "produce_results.hpp"
#include "record_json.hpp"
#include "session.hpp"
#include "transfer/transfer.hpp"
#include "versions.hpp"

namespace ctl::cli {
namespace {

constexpr std::string_view test_header = "mykartctl-test";

/// A broker that restarts is waited for: without transactions nothing else hurries.
kafka::Settings patient(kafka::Settings settings) {
  settings.properties.try_emplace("message.timeout.ms", "60000");
  return settings;
}

/// The topic, if records may be written to it at all.
TopicState topic_of(Session& session, const std::string& name) {
  kafka::Cluster cluster{session.kafka(), session.listener()};
  auto state = std::move(existing(cluster, {&name, 1}, "mykartctl topics produce", session.deadline().within(10s)).at(name));
  if (state.internal || name == transfer::checkpoint_topic)
    throw Error{Code::refused,
                {.what = fmt::format("{} is {}", name, state.internal ? "internal to Kafka" : "where mykartctl keeps its progress")}};
  return state;
}

/// Why writing to this topic needs a word; "" if it does not.
std::string reason_to_ask(Session& session, const std::string& topic) {
  if (session.settings().is_protected) return fmt::format("context {} is protected", session.settings().context.value);
  if (!attempt([&] { return session.folder(); })) return "";  // no project, so no migration
  if (session.project().table_of(topic) == nullptr) return "";
  const auto until = session.deadline().within(5s);
  const auto state = attempt([&] {
    Sources sources{session.around(), until};
    return health::journey(sources, until).state;
  });
  if (!state) return fmt::format("it holds the events of a table, and whether a migration runs is not known: {}", state.error().what());
  return *state == "none" || *state == "sealed" ? "" : fmt::format("it holds the events of a table, and a migration is {}", *state);
}

void ask(Session& session, const std::string& topic) {
  const auto reason = reason_to_ask(session, topic);
  if (reason.empty()) return;
  Plan plan{.target = "topics produce", .context = session.settings().context.value};
  plan.steps.push_back({.resource = {Kind::topic, topic}, .action = Action::run, .undo = Undo::none, .why = reason});
  const auto files = fmt::format("{}", fmt::join(session.arguments().texts("file"), ", "));
  confirm(session, plan,
          Report{}.line(fmt::format("will write the records of {} to {}: {}", files == "-" ? "stdin" : files, topic, reason)));
}

class Producing {
 public:
  Producing(Session& session, std::string topic, std::size_t partitions)
      : session_{session},
        topic_{std::move(topic)},
        partitions_{partitions},
        rate_{session.arguments().count("rate").value_or(0)},
        results_{session.out()},
        sender_{patient(session.kafka()), session.listener()} {}

  void read(const std::string& file) {
    LineInput input{file};
    const auto& until = session_.deadline();
    while (!input.ended() && !results_.first_failure() && !until.over()) {
      if (const auto wait = due_ - Deadline::clock::now(); rate_ > 0 && wait > 0ms) {
        serve(until.within(wait));
        continue;
      }
      const auto line = input.next(until.within(sender_.waiting() > 0 ? 5ms : 100ms));
      if (line && !trim(*line).empty()) send(read_record(*line, input.name(), input.number()), input);
      if (!line || ++lines_ % serve_every == 0) serve(until.within(0ms));
    }
  }

  /// Waits for what was sent, whatever has ended the reading.
  void finish() {
    const bool out_of_time = session_.deadline().over() && !session_.stopped();
    sender_.flush({out_of_time ? 1s : 65s, {}});  // longer than a record is tried (message.timeout.ms)
    results_.flush();
  }
  [[nodiscard]] const ProduceResults& results() const noexcept { return results_; }

 private:
  static constexpr unsigned serve_every = 256;

  void send(const InputRecord& record, const LineInput& input) {
    if (record.partition && static_cast<std::size_t>(*record.partition) >= partitions_)
      throw Error{Code::manifest,
                  {.what = fmt::format("topic {} has no partition {}", topic_, *record.partition),
                   .where = fmt::format("{}:{}", input.name(), input.number()),
                   .hint = "without \"partition\" the key decides: jq -c 'del(.partition)'"}};
    std::vector<kafka::Header> headers;
    for (const auto& [name, value] : record.headers)
      headers.push_back({name, value ? std::optional<std::string_view>{*value} : std::nullopt});
    const auto marked = [](const kafka::Header& header) { return header.name == test_header; };
    if (std::none_of(headers.begin(), headers.end(), marked)) headers.push_back({test_header, tool_version()});
    const auto view = [](const std::optional<std::string>& bytes) {
      return bytes ? std::optional<std::string_view>{*bytes} : std::nullopt;
    };
    kafka::Sender::OnDelivery tell = [this, key = record.key, file = input.name(),
                                      line = input.number()](const Known<kafka::Place>& place) {
      if (place)
        results_.written(topic_, *place, key, line);
      else
        results_.failed(place.error(), file, line);
    };
    const kafka::Outgoing out{.topic = topic_,
                              .partition = record.partition,
                              .key = view(record.key),
                              .value = view(record.value),
                              .headers = headers,
                              .time = record.time.value_or(Millis{})};
    for (;;) {
      const auto sent = attempt([&] { return sender_.try_send(out, tell); });
      if (!sent) return results_.failed(sent.error(), input.name(), input.number());
      if (*sent) break;
      serve(session_.deadline());  // there is no room
      if (session_.deadline().over() || results_.first_failure()) return;
    }
    if (rate_ > 0) due_ = std::max(due_, Deadline::clock::now() - 100ms) + std::chrono::nanoseconds{1s} / rate_;
  }

  void serve(const Deadline& until) {
    sender_.serve(until);
    results_.flush();
  }

  Session& session_;
  std::string topic_;
  std::size_t partitions_;
  std::int64_t rate_;
  Deadline::clock::time_point due_{Deadline::clock::now()};
  unsigned lines_{};
  ProduceResults results_;
  kafka::Sender sender_;
};

}  // namespace

Answer produce(Session& session) {
  const auto& typed = session.arguments();
  const auto& files = typed.texts("file");
  if (files.empty()) throw Error{Code::usage, {.what = "topics produce needs --file", .hint = "-f records.jsonl, or -f - for stdin"}};
  if (session.out().format() == render::Format::yaml)
    throw Error{Code::usage, {.what = "topics produce prints a stream: its lines are a table or JSON", .hint = "-o json"}};
  const auto& topic = typed.names[0];
  const auto partitions = topic_of(session, topic).partitions.size();
  ask(session, topic);

  Producing producing{session, topic, partitions};
  const auto read = attempt([&] {
    for (const auto& file : files)
      if (!producing.results().first_failure()) producing.read(file);
  });
  producing.finish();
  const auto& results = producing.results();
  if (results.first_failure()) throw results.ended(*results.first_failure());
  if (!read) throw results.ended(read.error());
  if (session.deadline().over())
    throw results.ended({session.stopped() ? Code::interrupted : Code::timeout, {.what = "stopped before the end of the input"}});
  session.listener().note(Listener::Level::info, fmt::format("{} written to {}", counted(results.count(), "record"), topic));
  return {};
}

}  // namespace ctl::cli
