#include "kafka/producer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "kafka/producer_conf.hpp"
#include "kafka/transaction_guard.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

constexpr unsigned poll_every = 512;  // sends: delivery reports free room in the queue and are what fills it

/// The broker refuses the record or the writer; it would do so again.
bool is_final(rd_kafka_resp_err_t error) noexcept {
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return true;
    default: return code_of(error) == Code::denied || code_of(error) == Code::not_found;
  }
}

}  // namespace

int partition_of(std::string_view key, int partitions) {
  return rd_kafka_msg_partitioner_murmur2(nullptr, key.data(), key.size(), partitions, nullptr, nullptr);
}

struct Transactional::Impl {
  Impl(const Settings& settings, std::string name, Listener& listener)
      : id{std::move(name)},
        client{RD_KAFKA_PRODUCER, settings, producer_conf(id), listener, {on_report, this}},
        guard{client, id, listener} {}
  ~Impl() {
    if (state == State::open) Failure{rd_kafka_abort_transaction(client.get(), 500)};
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    // A commit without an answer: librdkafka may still register partitions, and does not survive that while its handle goes (2.0: assertion
    // "txn_req_cnt > 0"). Taken up again it sees what was purged, and fails; or it was past that, and is as much in doubt as before.
    if (state == State::dead) Failure{rd_kafka_commit_transaction(client.get(), 100)};
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static void on_report(void* self, const rd_kafka_message_t& message) noexcept;
  rd_kafka_topic_t* topic(std::string_view name, const Deadline&);
  void abort(const Deadline&);
  Commit give_up(rd_kafka_resp_err_t, const char* words, const Deadline&);
  void wait_for(const rd_kafka_error_t&, std::string_view doing, const Deadline&);
  [[nodiscard]] Error fenced(std::string words) const { return taken_over(client.settings(), id, std::move(words)); }
  void require(bool condition, std::string_view what) const {
    if (!condition) throw Error{Code::internal, {.what = fmt::format("{} of transaction {} at the wrong time", what, id)}};
  }

  struct Topic {
    std::string name{};
    TopicHandle handle{};
  };
  enum class State : unsigned char { ready, open, dead };

  std::string id;
  Client client;
  TransactionGuard guard;
  std::vector<std::string> cleared{};  ///< topics in which nothing older is open
  State state{State::ready};
  std::vector<Topic> topics{};
  std::size_t last_topic{};
  unsigned sent{};
  rd_kafka_resp_err_t lost{};  ///< why its first lost record was lost
  std::string lost_from{};
};

void Transactional::Impl::on_report(void* self, const rd_kafka_message_t& message) noexcept {
  auto& impl = *static_cast<Impl*>(self);
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return impl.guard.delivered(message.rkt, message.partition, message.offset);
  if (impl.lost != RD_KAFKA_RESP_ERR_NO_ERROR || message.err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
      message.err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
    return;
  impl.lost = message.err;
  impl.lost_from = rd_kafka_topic_name(message.rkt);
}

rd_kafka_topic_t* Transactional::Impl::topic(std::string_view name, const Deadline& until) {
  if (last_topic < topics.size() && topics[last_topic].name == name) return topics[last_topic].handle.get();
  const auto found = std::find_if(topics.begin(), topics.end(), [&](const Topic& t) { return t.name == name; });
  last_topic = static_cast<std::size_t>(found - topics.begin());
  if (found == topics.end()) {
    if (std::find(cleared.begin(), cleared.end(), name) == cleared.end()) guard.clear(std::array{std::string{name}}, {}, until);
    Topic made{std::string{name}, TopicHandle{rd_kafka_topic_new(client.get(), std::string{name}.c_str(), nullptr)}};
    if (!made.handle) throw client.failure(rd_kafka_last_error(), fmt::format("writing to topic {}", name));
    topics.push_back(std::move(made));
  }
  return topics[last_topic].handle.get();
}

/// Returns when the call that gave this error may be made again, which resumes it; throws when it may not, or there is no time.
void Transactional::Impl::wait_for(const rd_kafka_error_t& error, std::string_view doing, const Deadline& until) {
  const auto code = rd_kafka_error_code(&error);
  if (code_of(code) == Code::busy) throw fenced(rd_kafka_error_string(&error));
  if (rd_kafka_error_is_retriable(&error) == 0) throw client.failure(code, doing, rd_kafka_error_string(&error));
  if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) until.sleep(20ms);  // answered at once
  client.keep_waiting(doing, Client::Patience::full, until);
}

Transactional::Transactional(const Settings& settings, std::string id, Listener& listener, const Deadline& until, Targets targets)
    : impl_{std::make_unique<Impl>(settings, std::move(id), listener)} {
  const auto doing = "opening transaction " + impl_->id;
  impl_->guard.ask_coordinator(until);
  while (const auto error = Failure{rd_kafka_init_transactions(impl_->client.get(), until.left_ms())})
    impl_->wait_for(*error, doing, until);
  impl_->client.answered();
  if (!targets.topics.empty()) impl_->guard.clear(targets.topics, targets.judge, until);
  impl_->cleared = std::move(targets.topics);
}
Transactional::Transactional(Transactional&&) noexcept = default;
Transactional& Transactional::operator=(Transactional&&) noexcept = default;
Transactional::~Transactional() = default;

bool Transactional::begin(const Deadline& until) {
  auto& me = *impl_;
  me.require(me.state == Impl::State::ready, "begin");
  if (!me.guard.last_has_ended(until)) {
    me.state = Impl::State::dead;
    return false;
  }
  if (const auto error = Failure{rd_kafka_begin_transaction(me.client.get())}) {
    me.state = Impl::State::dead;
    if (code_of(rd_kafka_error_code(error.get())) == Code::busy) throw me.fenced(rd_kafka_error_string(error.get()));
    throw me.client.failure(rd_kafka_error_code(error.get()), "beginning transaction " + me.id, rd_kafka_error_string(error.get()));
  }
  me.state = Impl::State::open;
  me.lost = RD_KAFKA_RESP_ERR_NO_ERROR;
  return true;
}

void Transactional::send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time,
                         const Deadline& until, std::span<const Header> headers) {
  auto& me = *impl_;
  me.require(me.state == Impl::State::open, "send");
  if (time.time_since_epoch() <= 0ms)
    throw Error{Code::failed,
                {.what = fmt::format("a record for topic {} cannot have the time {}", topic, format_instant(time)),
                 .cause = "Kafka's record times begin after 1970-01-01T00:00:00Z"}};
  std::array<rd_kafka_vu_t, 6> units;  // not cleared (put_bytes)
  std::size_t count = 4;
  units[0].vtype = RD_KAFKA_VTYPE_RKT;
  units[0].u.rkt = me.topic(topic, until);
  put_bytes(units[1], RD_KAFKA_VTYPE_VALUE, value);
  units[2].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  units[2].u.i64 = time.time_since_epoch().count();
  units[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  units[3].u.i = RD_KAFKA_MSG_F_COPY;
  if (key) put_bytes(units[count++], RD_KAFKA_VTYPE_KEY, *key);
  auto carried = to_headers(headers);
  if (carried) {
    units[count].vtype = RD_KAFKA_VTYPE_HEADERS;
    units[count++].u.headers = carried.get();
  }

  if (++me.sent % poll_every == 0) me.client.serve();
  while (me.lost == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const Failure error{rd_kafka_produceva(me.client.get(), units.data(), count)};
    if (!error) return static_cast<void>(carried.release());
    const auto code = rd_kafka_error_code(error.get());
    if (code == RD_KAFKA_RESP_ERR__STATE || code == RD_KAFKA_RESP_ERR__FATAL) return;  // it has failed; commit() says why
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      throw me.client.failure(code, fmt::format("writing a record of {} bytes to topic {}", value.size(), topic),
                              rd_kafka_error_string(error.get()));
    me.client.serve(until.left_ms());  // a delivery report wakes it
    if (until.over()) me.client.keep_waiting(fmt::format("writing to topic {}", topic), Client::Patience::full, until);
  }
}

bool Transactional::flush(const Deadline& until) {
  auto& me = *impl_;
  me.require(me.state == Impl::State::open, "flush");
  while (rd_kafka_outq_len(me.client.get()) > 0 && me.lost == RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_flush(me.client.get(), until.left_ms());  // sends without lingering, and serves
    if (until.over()) return false;
  }
  return true;
}

Transactional::Commit Transactional::commit(const Deadline& until) {
  auto& me = *impl_;
  me.require(me.state == Impl::State::open, "commit");
  for (;;) {
    const Failure error{rd_kafka_commit_transaction(me.client.get(), until.left_ms(200ms))};  // resumable: the next call goes on waiting
    me.client.serve();
    if (!error) break;
    const auto code = rd_kafka_error_code(error.get());
    if (rd_kafka_error_txn_requires_abort(error.get()) != 0) return me.give_up(code, rd_kafka_error_string(error.get()), until);
    const bool again = rd_kafka_error_is_retriable(error.get()) != 0;
    if (again && !until.over()) {
      if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) until.sleep(20ms);
      continue;
    }
    me.state = Impl::State::dead;
    if (code_of(code) == Code::busy) throw me.fenced(rd_kafka_error_string(error.get()));
    if (code_of(code) == Code::denied) throw me.client.failure(code, "committing transaction " + me.id, rd_kafka_error_string(error.get()));
    return Commit::in_doubt;
  }
  me.state = Impl::State::ready;
  return Commit::done;
}

/// Aborts, and tells the caller whether the same rows may be tried again or are at fault.
Transactional::Commit Transactional::Impl::give_up(rd_kafka_resp_err_t code, const char* words, const Deadline& until) {
  if (const auto ended = attempt([&] { abort(until); }); !ended) {
    if (ended.error().code() == Code::busy) throw Error{ended.error()};  // a new instance of ours would fence theirs in turn
    return Commit::in_doubt;
  }
  if (is_final(lost))
    throw client.failure(lost, fmt::format("writing to topic {}", lost_from),
                         fmt::format("{}: {}", rd_kafka_err2name(lost), rd_kafka_err2str(lost)));
  if (is_final(code)) throw client.failure(code, "committing transaction " + id, words);
  return Commit::aborted;
}

void Transactional::Impl::abort(const Deadline& until) {
  const auto doing = "aborting transaction " + id;
  state = State::dead;  // unless it ends well
  while (const auto error = Failure{rd_kafka_abort_transaction(client.get(), until.left_ms(200ms))}) wait_for(*error, doing, until);
  client.serve();
  guard.aborted();
  state = State::ready;
}

}  // namespace ctl::kafka
