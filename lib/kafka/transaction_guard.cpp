#include "kafka/transaction_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kafka/wire.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_time = 1s;    ///< for a coordinator that lives, before it is fenced
constexpr auto usual_time = 300ms;  ///< in which markers arrive after a commit
constexpr auto settling = 1s;       ///< in which replicas catch up with markers that were written
constexpr auto too_long = 40s;      ///< longer than the tool's own transactions (15 s) and the coordinator that ends them (10 s)
constexpr auto telling = 5s;        ///< how often it is said that something is waited for

std::string by_hand(const Settings& settings, const Partition& partition, std::int64_t start) {
  return fmt::format("kafka-transactions.sh --bootstrap-server {} abort --topic {} --partition {} --start-offset {}", settings.brokers,
                     partition.topic, partition.id, start);
}

std::string list(const std::map<Partition, std::int64_t>& partitions) {
  std::vector<std::string> names;
  for (const auto& [partition, offset] : partitions) names.push_back(to_string(partition));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Error taken_over(const Settings& settings, const std::string& id, std::string words) {
  return {Code::busy,
          {.what = fmt::format("transaction {} was taken over", id),
           .cause = std::move(words),
           .where = address(settings),
           .hint = "another process writes the same data, or this one was stopped for longer than transaction.timeout.ms; see that it is "
                   "alone and run it again"}};
}

TransactionGuard::TransactionGuard(Client& producer, const std::string& id, Listener& listener)
    : client_{producer}, id_{id}, listener_{listener}, cluster_{producer.settings(), listener} {}

void TransactionGuard::ask_coordinator(const Deadline& until) {
  if (!is_plain(client_.settings())) return;
  // At most half of what is left: who cannot be reached is said best by librdkafka, which needs time for it.
  const Deadline::ms patience{until.left_ms(2 * answer_time) / 2};
  const auto found = attempt([&] { return transaction_state(client_, id_, until.within(patience)); });
  before_ = found ? *found : std::nullopt;  // without it only `judge` can tell
}

std::vector<Partition> TransactionGuard::partitions_of(std::span<const std::string> topics, const Deadline& until) {
  const std::array<std::string, 1> one_config{"retention.ms"};  // what is looked for are the partitions
  std::vector<Partition> all;
  for (const auto& [name, topic] : cluster_.describe(topics, one_config, until)) {
    if (!topic && topic.error().code() == Code::not_found) continue;
    if (!topic) throw Error{topic.error()};
    for (const auto& partition : topic->partitions) all.push_back({name, partition.id});
  }
  return all;
}

TransactionGuard::Offsets TransactionGuard::unstable(std::span<const Partition> partitions, const Deadline& until) {
  Offsets found;
  for (const auto& [partition, bounds] : cluster_.bounds(partitions, until)) {
    if (!bounds.end) throw Error{bounds.end.error()};
    if (!bounds.stable) throw Error{bounds.stable.error()};
    if (*bounds.stable < *bounds.end) found.emplace(partition, *bounds.end);
  }
  return found;
}

TransactionGuard::Offsets TransactionGuard::unstable(const Offsets& wanted, const Deadline& until) {
  std::vector<Partition> partitions;
  for (const auto& [partition, offset] : wanted) partitions.push_back(partition);
  Offsets found;
  for (const auto& [partition, stable] : cluster_.offsets(partitions, Cluster::At::stable, until)) {
    if (!stable) throw Error{stable.error()};
    if (*stable < wanted.at(partition)) found.emplace(partition, wanted.at(partition));
  }
  return found;
}

TransactionState TransactionGuard::state(const Deadline& until) {
  const auto now = transaction_state(client_, id_, until);
  if (!now) throw Error{Code::failed, {.what = "the coordinator does not know transaction " + id_ + ", which was opened just now"}};
  return *now;
}

/// InitProducerId raises the epoch by one; ending a transaction that it has found open, by one more.
Fate TransactionGuard::coordinators_word(const OpenTransaction& open, const TransactionState& now) const {
  if (!before_ || before_->producer != open.producer) return Fate::unknown;
  const auto& state = before_->state;
  const bool of_that_instance = open.epoch == before_->epoch;
  const bool fenced = before_->epoch == open.epoch + 1;  // which is how a coordinator ends what was not ended in time
  if (state.ends_with("Commit") && of_that_instance) return Fate::committed;
  if ((state.ends_with("Abort") || state == "PrepareEpochFence") && (of_that_instance || fenced)) return Fate::aborted;
  if (state == "Ongoing" && of_that_instance && now.producer == open.producer && now.epoch == open.epoch + 2) return Fate::aborted;
  return Fate::unknown;
}

std::vector<OpenTransaction> TransactionGuard::ours(const Offsets& unstable, const TransactionState& now, const Deadline& until) {
  std::vector<Partition> partitions;
  for (const auto& [partition, offset] : unstable) partitions.push_back(partition);
  auto open = open_transactions(client_, partitions, until);
  std::erase_if(
      open, [&](const OpenTransaction& one) { return one.producer != now.producer && (!before_ || one.producer != before_->producer); });
  for (auto& one : open) one.coordinator = coordinators_word(one, now);
  return open;
}

void TransactionGuard::wait_until_stable(Offsets left, const Deadline& until) {
  const auto patience = until.within(too_long);
  auto quiet = patience.within(telling);
  for (; !left.empty(); left = unstable(left, until)) {
    until.check("waiting for an open transaction on " + list(left));
    if (patience.over()) {
      const auto& [partition, end] = *left.begin();
      throw Error{Code::refused,
                  {.what = fmt::format("a transaction on {} does not end, and whose it is cannot be asked on a connection with TLS or SASL",
                                       list(left)),
                   .cause = "if it was left by this tool and its broker has lost its end, the next commit would make it count",
                   .where = address(client_.settings()),
                   .hint = fmt::format("kafka-transactions.sh --bootstrap-server {} describe-producers --topic {} --partition {} names its "
                                       "producer and its start; abort --topic … --partition … --start-offset … ends it",
                                       client_.settings().brokers, partition.topic, partition.id)}};
    }
    if (quiet.over()) {
      listener_.note(Listener::Level::info, "waiting for an open transaction on " + list(left) + " to end");
      quiet = patience.within(telling);
    }
    until.sleep(50ms);
  }
}

Error TransactionGuard::undecided(const OpenTransaction& open) const {
  return {
      Code::refused,
      {.what = fmt::format("{} holds a transaction of {} open from offset {} on, and nobody can tell whether it was committed",
                           to_string(open.partition), id_, open.start),
       .cause = fmt::format("its broker has lost its end; it is of producer {}, epoch {}. Nothing is written, because the next commit "
                            "would commit it as well",
                            open.producer, open.epoch),
       .where = address(client_.settings()),
       .hint = fmt::format("mykartctl topics monitor {} --partition {} --from {} --read-uncommitted shows what is in it. If none of "
                           "that was moved: {}. Right in any case are a topic of another name and a new copy",
                           open.partition.topic, open.partition.id, open.start, by_hand(client_.settings(), open.partition, open.start))}};
}

void TransactionGuard::end(const std::vector<OpenTransaction>& open, const Judge& judge, const Deadline& until) {
  const auto fates = judge ? judge(open) : std::vector<Fate>{};
  std::vector<bool> commit;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto fate = judge ? fates.at(i) : open[i].coordinator;
    if (fate == Fate::unknown) throw undecided(open[i]);
    commit.push_back(fate == Fate::committed);
  }
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto& one = open[i];
    try {
      end_transaction(client_, one, commit[i], until);
    } catch (const Error& e) {
      if (e.code() != Code::denied || commit[i]) throw;
      throw Error{Code::denied,
                  {.what = e.what(),
                   .cause = e.text().cause,
                   .where = address(client_.settings()),
                   .hint = "somebody who has ALTER or CLUSTER_ACTION on the cluster types: " +
                           by_hand(client_.settings(), one.partition, one.start)}};
    }
    listener_.note(Listener::Level::warn,
                   fmt::format("{}: the broker had lost the end of a transaction of ours (from offset {} on); it is {} now",
                               to_string(one.partition), one.start, commit[i] ? "committed" : "aborted"));
  }
}

void TransactionGuard::clear(std::span<const std::string> topics, const Judge& judge, const Deadline& until) {
  topics_.insert(topics_.end(), topics.begin(), topics.end());
  auto left = unstable(partitions_of(topics, until), until);
  if (left.empty()) return;
  if (!is_plain(client_.settings())) return wait_until_stable(left, until);
  const auto settled = until.within(settling);
  const auto patience = until.within(too_long);
  for (bool ended = false;; until.sleep(50ms)) {
    until.check("looking for transactions that are open in " + list(left));
    left = unstable(left, until);
    const auto now = state(until);
    const auto found = ours(left, now, until);
    if (found.empty()) break;
    for (const auto& one : found)
      if (one.producer == now.producer && one.epoch >= now.epoch)
        throw taken_over(client_.settings(), id_, fmt::format("its epoch is {}", now.epoch));
    if (patience.over())
      throw Error{Code::failed,
                  {.what = fmt::format("{} does not let go of a transaction that has been ended", to_string(found.front().partition)),
                   .where = address(client_.settings())}};
    if (now.ending() || ended || !settled.over()) continue;  // markers are on their way
    end(found, judge, until);
    ended = true;
  }
  if (!left.empty()) listener_.note(Listener::Level::info, "others have transactions open in " + list(left) + ", which are left alone");
}

void TransactionGuard::delivered(const rd_kafka_topic_t* topic, int partition, std::int64_t offset) noexcept {
  const auto is_it = [&](const Last& last) { return last.partition == partition && last.topic == topic; };
  if (at_ >= last_.size() || !is_it(last_[at_])) {
    const auto found = std::find_if(last_.begin(), last_.end(), is_it);
    at_ = static_cast<std::size_t>(found - last_.begin());
    if (found == last_.end()) last_.push_back({topic, partition, offset});
  }
  last_[at_].offset = std::max(last_[at_].offset, offset);
}

bool TransactionGuard::last_has_ended(const Deadline& until) {
  Offsets left;
  for (const auto& last : std::exchange(last_, {})) left[{rd_kafka_topic_name(last.topic), last.partition}] = last.offset + 1;
  if (std::exchange(aborted_, false)) left = unstable(partitions_of(topics_, until), until);
  const auto usual = until.within(usual_time);
  for (Deadline::ms pause{2}; !left.empty() && !usual.over(); pause = std::min<Deadline::ms>(pause * 2, 50ms)) {
    left = unstable(left, until);
    if (!left.empty()) until.sleep(pause);
  }
  if (left.empty()) return true;
  if (!is_plain(client_.settings())) {
    wait_until_stable(left, until);
    return true;
  }
  for (const auto patience = until.within(too_long); !patience.over(); until.sleep(50ms)) {
    until.check("waiting for the end of transaction " + id_);
    left = unstable(left, until);
    const auto now = state(until);
    if (ours(left, now, until).empty()) return true;
    if (!now.ending()) break;
  }
  return false;
}

}  // namespace ctl::kafka
