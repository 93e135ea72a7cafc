#include "transfer/outlet.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "sql/queries.hpp"
#include "transfer/conflict.hpp"

namespace ctl::transfer {
namespace {

kafka::Transactional fence(const LeftOpen& of, const Deadline& until) {
  ensure_checkpoint_topic(of.cluster, of.table.topic, until);
  kafka::Targets targets{.topics = {of.table.topic, std::string{checkpoint_topic}},
                         .judge = [&](const auto& open) { return judge(of, open, until); }};
  kafka::Transactional out{of.settings, of.id.transaction, of.listener, until, std::move(targets)};
  CTL_FAULT("outlet.after_fence");
  return out;
}

}  // namespace

Identity identity_of_primary(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  if (session.query(sql::in_recovery, until).at(0, "standby") == "t")
    throw Error{Code::refused,
                {.what = "postgres at " + session.address() + " is a standby: it cannot tell which rows are final",
                 .hint = "give the address of the primary"}};
  return identity(session, table, until);
}

Outlet::Outlet(const kafka::Settings& settings, kafka::Cluster& cluster, postgres::Connection& session, const EventTable& table,
               Listener& listener, const Deadline& until, Purpose purpose)
    : cluster_{cluster},
      settings_{settings},
      table_{table},
      id_{identity_of_primary(session, table, until)},
      out_{fence({settings, cluster, table, id_, listener}, until)} {
  CTL_FAULT("outlet.before_checkpoint_read");
  const auto found = read_checkpoint(settings, id_, listener, until);
  const auto now = topic_now(cluster, table.topic, until);
  new_ = !found;
  at_ = found.value_or(Checkpoint{});
  check_same_topic(at_, table_, now.ends, now.id);
  if (new_ && purpose == Purpose::go_on) check_unfilled(settings, table, now.starts, now.ends, listener, until);
  if (at_.ends.empty()) at_.ends = now.ends;
  if (!at_.topic_id) at_.topic_id = now.id;
}

Offsets Outlet::ends(const Deadline& until) const { return offsets_of(cluster_, table_.topic, kafka::Cluster::At::latest, until); }

bool Outlet::begin(const Deadline& until) {
  rows_ = 0;
  open_ = clocks_;
  extremes_ = {};
  return out_.begin(until);
}

std::int64_t Outlet::send(Encoder& encoder, postgres::CopyReader::Row row, const Deadline& until, std::span<const kafka::Header> headers) {
  Encoder::Event event;
  if (const auto reject = encoder.encode(row, event); reject != Reject::none)
    throw Error{
        Code::refused,
        {.what = fmt::format("row {} of {} cannot become an event: column {} is {}", event.id, to_string(table_.table), event.column,
                             to_string(reject)),
         .where = to_string(table_.at),
         .hint = "correct the row, or leave the column out of the topic's fields; nothing is skipped, and the next run goes on here"}};
  extremes_.add(event);
  try {
    out_.send(table_.topic, event.key, event.value, event.time_ms ? record_time(*event.time_ms) : now(), until, headers);
  } catch (Error& e) {
    e.within(fmt::format("moving row {} of {}", event.id, to_string(table_.table)));
    throw explained(e, cluster_, settings_, table_, extremes_, until);
  }
  if (event.hour != Encoder::Event::Hour::once) {
    auto& rows = event.hour == Encoder::Event::Hour::twice ? open_.twice : open_.never;
    if (rows.number++ == 0) rows.first_id = event.id;
  }
  ++rows_;
  bytes_ += event.key.size() + event.value.size();
  return event.id;
}

void Outlet::send(const RepairNote& note, const Deadline& until) {
  out_.send(checkpoint_topic, key_of(note, id_.transaction), to_bytes(note), now(), until);
}

bool Outlet::commit(std::optional<std::int64_t> last_id, const Deadline& until) {
  if (!out_.flush(until)) return false;  // its records would lie behind the ends that the checkpoint tells
  auto next = at_;
  next.last_id = last_id;
  next.rows += rows_;
  next.ends = ends(until);
  next.exact = true;
  const auto topic_now = topic_id(cluster_, table_.topic, until);
  check_same_topic(at_, table_, next.ends, topic_now);
  if (topic_now) next.topic_id = topic_now;
  out_.send(checkpoint_topic, id_.key, to_bytes(next, table_), now(), until);
  CTL_FAULT("outlet.before_commit");
  try {
    if (out_.commit(until) != kafka::Transactional::Commit::done) return false;
  } catch (const Error& e) { throw explained(e, cluster_, settings_, table_, extremes_, until); }
  CTL_FAULT("outlet.after_commit");
  at_ = std::move(next);
  new_ = false;
  clocks_ = open_;
  return true;
}

bool Outlet::commit_adopted(std::int64_t last_id, std::uint64_t events, const Deadline& until) {
  if (!begin(until)) return false;
  rows_ = events;
  return commit(last_id, until);
}

Error not_committed(const EventTable& table) {
  return {Code::failed,
          {.what = fmt::format("{} transactions to {} in a row were not committed", failures_in_a_row, table.topic),
           .hint = "the brokers' logs say why; what is committed stays, and the next run goes on after it"}};
}

}  // namespace ctl::transfer
