#include "kafka/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ctl::kafka {
namespace {

/// Every handle's, whatever it is for.
std::vector<Property> common(const Settings& settings) {
  using enum Property::Kind;
  return {
      {"bootstrap.servers", settings.brokers, fixed},  // --kafka-property cannot redirect what --brokers and the pinned identity decided
      {"log.queue", "true", fixed},                    // logs wait for poll() and are served on the calling thread
      {"client.id", "mykartctl", tunable},             // what the broker's own log and quotas call us
      {"reconnect.backoff.max.ms", "1000", tunable},   // a broker that comes back is found within a second, not ten
      {"socket.nagle.disable", "true", tunable},       // small requests in a row (admin, transactions) do not wait for each other's ACK
  };
}

void set(rd_kafka_conf_t* conf, const Settings& settings, const std::string& key, const std::string& value, bool secret) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), text.data(), text.size()) == RD_KAFKA_CONF_OK) return;
  throw Error{Code::config,
              {.what = fmt::format("librdkafka does not take property '{}'", key),
               .cause = secret ? "" : text.data(),  // its text repeats the value
               .where = address(settings)}};
}

Trouble::Kind kind_of(rd_kafka_resp_err_t error) noexcept {
  switch (error) {
    case RD_KAFKA_RESP_ERR__RESOLVE: return Trouble::Kind::unresolved;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED: return Trouble::Kind::denied;
    default: return Trouble::Kind::other;
  }
}

/// Whether a group's coordinator is asked. Such a request must not time out within librdkafka: it is forgotten there, yet not by the search
/// for the coordinator, and once this one is found the process is aborted ("eonce->refcnt > 0", confluentinc/librdkafka#4605). So only
/// the wait for its answer ends in time; what is left of it goes with the handle.
bool asks_coordinator(rd_kafka_admin_op_t operation) noexcept {
  switch (operation) {
    case RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS:
    case RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS:
    case RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS:
    case RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS: return true;
    default: return false;
  }
}

}  // namespace

Client::Client(rd_kafka_type_t type, const Settings& settings, std::span<const Property> own, Listener& listener, Delivery delivery)
    : settings_{settings}, listener_{listener}, delivery_{delivery} {
  auto properties = common(settings);
  properties.insert(properties.end(), own.begin(), own.end());
  Conf conf{rd_kafka_conf_new()};
  for (const auto& [key, value, kind] : properties) {
    const auto theirs = settings.properties.find(key);
    if (theirs != settings.properties.end() && kind == Property::Kind::fixed && theirs->second != value)
      throw Error{
          Code::config,
          {.what = fmt::format("Kafka property '{}' is the tool's own: it must stay '{}'", key, value), .where = address(settings)}};
    set(conf.get(), settings, key, value, false);
  }
  for (const auto& [key, value] : settings.properties) set(conf.get(), settings, key, value, false);
  for (const auto& [key, value] : settings.secrets) set(conf.get(), settings, key, value.reveal(), true);
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  if (delivery.report != nullptr) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);

  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (!handle_)
    throw Error{Code::config, {.what = "librdkafka does not take the Kafka settings", .cause = text.data(), .where = address(settings)}};
  static_cast<void>(conf.release());  // its own now, and only now
  rd_kafka_set_log_queue(handle_.get(), nullptr);
}

void Client::on_error(rd_kafka_t*, int error, const char* reason, void* self) noexcept {
  static_cast<Client*>(self)->said_.push_back({static_cast<rd_kafka_resp_err_t>(error), reason});
}
void Client::on_log(const rd_kafka_t* handle, int, const char* facility, const char* text) noexcept {
  if (handle != nullptr)
    static_cast<Client*>(rd_kafka_opaque(handle))->said_.push_back({RD_KAFKA_RESP_ERR_NO_ERROR, fmt::format("{}: {}", facility, text)});
}
void Client::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self) noexcept {
  const auto& delivery = static_cast<Client*>(self)->delivery_;
  delivery.report(delivery.owner, *message);
}

void Client::serve(int ms) {
  rd_kafka_poll(handle_.get(), ms);
  hear();
}

void Client::hear() {
  for (const auto& [error, text] : said_) {
    listener_.note(Listener::Level::debug, "librdkafka: " + text);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (const auto code = code_of(error); code == Code::not_found || code == Code::denied) complaint_ = {error, text};
    if (!trouble_.sentence(settings_)) trouble_since_ = Deadline::clock::now();
    trouble_.add(kind_of(error), text);
  }
  said_.clear();
}

bool Client::hopeless() const {
  return trouble_.denied() ||
         (trouble_.hopeless(settings_, brokers_) && Deadline::clock::now() - trouble_since_ > std::chrono::milliseconds{300});
}

void Client::keep_waiting(std::string_view doing, Patience patience, const Deadline& until) {
  serve();
  if (until.stopped()) until.check(doing);
  if (until.over() || trouble_.denied() || (patience == Patience::impatient && hopeless()))
    throw failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
}

Error Client::failure(rd_kafka_resp_err_t error, std::string_view doing, std::string cause) {
  serve();  // the reason may be waiting only now
  const auto code = code_of(error);
  if (code == Code::unreachable || code == Code::timeout)
    if (auto reason = trouble_.sentence(settings_)) {
      reason->within(std::string{doing});
      return *reason;
    }
  if (error == RD_KAFKA_RESP_ERR__TIMED_OUT)
    return {code,
            {.what = fmt::format("Kafka at {} does not answer", address(settings_)),
             .cause = fmt::format("out of time while {}{}{}", doing, cause.empty() ? "" : ": ", cause)}};
  if (cause.empty()) cause = rd_kafka_err2str(error);
  return {code, {.what = fmt::format("{} failed", doing), .cause = std::move(cause), .where = address(settings_)}};
}

Queue Client::send(rd_kafka_admin_op_t operation, const Deadline& until, const Send& request) const {
  Queue answer{rd_kafka_queue_new(handle_.get())};
  const AdminOptions options{rd_kafka_AdminOptions_new(handle_.get(), operation)};
  std::array<char, 512> text{};
  constexpr Deadline::ms longest = std::chrono::hours{1};  // that librdkafka takes
  const auto left = until.left_ms(longest);
  rd_kafka_AdminOptions_set_request_timeout(options.get(), asks_coordinator(operation) ? static_cast<int>(longest.count()) : left,
                                            text.data(), text.size());
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), left, text.data(),
                                              text.size());  // the broker's own wait; most operations have none
  request(options.get(), answer.get());
  return answer;
}

Event Client::take(const Queue& answer, std::string_view doing, const Deadline& until) {
  for (;;) {
    if (Event event{rd_kafka_queue_poll(answer.get(), until.left_ms())}) return event;
    serve();
    if (until.stopped()) until.check(doing);
    if (until.over() || hopeless()) return {};
  }
}

std::vector<Event> Client::ask_all(rd_kafka_admin_op_t operation, std::string_view doing, const Deadline& until,
                                   std::span<const Send> requests) {
  std::vector<Queue> answers;
  for (const auto& request : requests) answers.push_back(send(operation, until, request));
  std::vector<Event> events;
  for (const auto& answer : answers) events.push_back(take(answer, doing, until));
  return events;
}

Event Client::ask(rd_kafka_admin_op_t operation, std::string_view doing, const Deadline& until, const Send& request, Queue answer) {
  for (auto patience = first_patience;; patience *= 2) {
    if (!answer) answer = send(operation, until.within(patience), request);
    auto event = take(answer, doing, until.within(patience));
    const auto error = event ? rd_kafka_event_error(event.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      answered();
      return event;
    }
    if (code_of(error) != Code::unreachable && code_of(error) != Code::timeout)
      throw failure(error, doing, rd_kafka_event_error_string(event.get()));
    if (until.over() || hopeless()) throw failure(error, doing, event ? rd_kafka_event_error_string(event.get()) : "");
    static_cast<void>(metadata(until));
    answer.reset();
  }
}

Metadata Client::metadata(const Deadline& until, const std::string* only) {
  constexpr std::string_view doing = "asking Kafka for its topics";
  const TopicHandle topic{only == nullptr ? nullptr : rd_kafka_topic_new(handle_.get(), only->c_str(), nullptr)};
  for (Slices slices;;) {
    const rd_kafka_metadata_t* found = nullptr;
    const auto error = rd_kafka_metadata(handle_.get(), topic ? 0 : 1, topic.get(), &found, slices.next(until));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      answered();
      brokers_ = found->broker_cnt;
      return Metadata{found};
    }
    if (error != RD_KAFKA_RESP_ERR__TIMED_OUT && error != RD_KAFKA_RESP_ERR__TRANSPORT) throw failure(error, doing);
    keep_waiting(doing, Patience::impatient, until);
  }
}

}  // namespace ctl::kafka
