#include "produce.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "choose.hpp"
#include "confirm.hpp"
#include "core/text.hpp"
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

constexpr auto patience = 60s;  ///< a broker that restarts is waited for: without transactions nothing else hurries

/// A record that cannot be written ends all writing at once, so that no later one of its partition gets in before it. librdkafka would drop
/// records one by one as their time is over, and go on with those behind them (CONFIGURATION.md: message.timeout.ms,
/// enable.gapless.guarantee). So it is told to wait for ever, and to stop at the first refusal. A batch is refused as a whole when it is
/// larger than the largest record.
kafka::Settings in_order(kafka::Settings settings, const TopicState& topic) {
  settings.properties.try_emplace("message.timeout.ms", "0");
  settings.properties.try_emplace("enable.gapless.guarantee", "true");
  const auto largest = topic.config.find("max.message.bytes");
  if (largest != topic.config.end() && largest->second.value)
    settings.properties.try_emplace(
        "batch.size", fmt::format("{}", std::clamp<std::int64_t>(parse_integer(*largest->second.value).value_or(0), 1, 1'000'000)));
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
  return *state == "none" || *state == "done" ? "" : fmt::format("it holds the events of a table, and a migration is {}", *state);
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
  Producing(Session& session, std::string topic, const TopicState& state)
      : session_{session},
        topic_{std::move(topic)},
        partitions_{state.partitions.size()},
        rate_{session.arguments().count("rate").value_or(0)},
        results_{session.out(), topic_},
        sender_{in_order(session.kafka(), state), session.listener()} {}

  void read(const std::string& file) {
    LineInput input{file};
    const auto& until = session_.deadline();
    while (!input.ended() && hopeful()) {
      if (const auto wait = due_ - Deadline::clock::now(); rate_ > 0 && wait > 0ms) {
        serve(until.within(wait));
        continue;
      }
      const auto line = input.next(until.within(sender_.waiting() > 0 ? 5ms : 100ms));
      if (line && !trim(*line).empty()) send(read_record(*line, input.name(), input.number()), input);
      if (!line || ++lines_ % serve_every == 0) serve(until.within(0ms));
    }
  }

  /// Waits for what was sent, whatever has ended the reading. What cannot be written in time is taken back first, so that only what is
  /// under way can be in doubt.
  void finish() {
    while (sender_.waiting() > 0 && hopeful()) serve(session_.deadline());
    if (session_.stopped() && !failure_) serve_until_told(5s);  // what was read before Ctrl-C
    if (sender_.waiting() > 0) {
      if (const auto flushed = attempt([&] { sender_.flush({1ms, {}}); }); !flushed && !failure_) failure_ = flushed.error();
      sender_.recall();
      serve_until_told(session_.deadline().over() ? 300ms : 5s);
      sender_.give_up();
      serve_until_told(1s);
    }
    results_.flush();
  }
  [[nodiscard]] const ProduceResults& results() const noexcept { return results_; }
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }  ///< of the first record that was not written

 private:
  static constexpr unsigned serve_every = 256;

  [[nodiscard]] bool hopeful() const { return !failure_ && !session_.deadline().over() && !underway_.any_older(patience); }

  void serve_until_told(Deadline::ms time) {
    for (const Deadline until{time, {}}; sender_.waiting() > 0 && !until.over();) serve(until);
  }

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
    const auto number = underway_.add(input.name(), input.number(), record.key);
    kafka::Sender::OnDelivery tell = [this, number](const kafka::Outcome& outcome) { told(underway_.take(number), outcome); };
    const kafka::Outgoing out{.topic = topic_,
                              .partition = record.partition,
                              .key = view(record.key),
                              .value = view(record.value),
                              .headers = headers,
                              .time = record.time.value_or(Millis{})};
    while (!try_send(out, tell, number)) {
      if (!hopeful()) return results_.missed(underway_.take(number), false);
      serve(session_.deadline());  // there is no room
    }
    if (rate_ > 0) due_ = std::max(due_, Deadline::clock::now() - 100ms) + std::chrono::nanoseconds{1s} / rate_;
  }

  /// A record that librdkafka does not even take is the input's fault: those before it are still written.
  bool try_send(const kafka::Outgoing& record, kafka::Sender::OnDelivery& tell, std::uint64_t number) {
    const auto sent = attempt([&] { return sender_.try_send(record, tell); });
    if (sent) return *sent;
    const auto untaken = underway_.take(number);
    throw Error{
        sent.error().code(),
        {.what = sent.error().what(), .cause = sent.error().text().cause, .where = fmt::format("{}:{}", untaken.file, untaken.line)}};
  }

  void told(const Sent& sent, const kafka::Outcome& outcome) {
    if (outcome.place) return results_.written(sent, *outcome.place);
    results_.missed(sent, outcome.in_doubt);
    if (!failure_) failure_ = outcome.place.error();
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
  Underway underway_{};
  std::optional<Error> failure_{};
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
  const auto state = topic_of(session, topic);
  ask(session, topic);

  Producing producing{session, topic, state};
  const auto read = attempt([&] {
    for (const auto& file : files)
      if (!producing.failure()) producing.read(file);
  });
  producing.finish();
  const auto& results = producing.results();
  const auto& failure = producing.failure();
  if (session.stopped())
    throw results.ended({Code::interrupted, {.what = "stopped before the end of the input", .cause = failure ? failure->what() : ""}});
  if (failure) throw results.ended(*failure);
  if (!read) throw results.ended(read.error());
  if (session.deadline().over()) throw results.ended({Code::timeout, {.what = "stopped before the end of the input"}});
  session.listener().note(Listener::Level::info, fmt::format("{} written to {}", counted(results.count(), "record"), topic));
  return {};
}

}  // namespace ctl::cli
