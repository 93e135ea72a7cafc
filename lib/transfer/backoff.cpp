#include "transfer/backoff.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/settled.hpp"

namespace ctl::transfer {
namespace {

constexpr std::chrono::seconds patience{1};  ///< for the look at the newest row while others wait as well

std::string took(Deadline::clock::duration duration) { return format_took(std::chrono::duration_cast<Deadline::ms>(duration)); }

}  // namespace

Backoff::Backoff(const postgres::Target& source, const EventTable& table, Listener& listener)
    : source_{source}, table_{table}, listener_{listener} {}

Deadline::ms Backoff::after(Deadline::clock::duration commit, const Deadline& until) {
  const auto opened = attempt([&] {
    if (!session_ || !session_->usable()) session_ = postgres::Connection::open(source_, postgres::Access::read_only, listener_, until);
  });
  const auto begun = Deadline::clock::now();  // to make a session takes longer than a look, and would pass for the usual
  const auto asked = !opened ? opened : attempt([&] { static_cast<void>(newest_id(*session_, table_, until.within(patience))); });
  const auto query = Deadline::clock::now() - begun;
  if (!asked && asked.error().code() != Code::timeout) session_.reset();  // the session that moves rows will say what is wrong
  const auto for_postgres = postgres_.after(query), for_kafka = kafka_.after(commit);
  const auto pause = std::max(for_postgres, for_kafka);
  if (const bool was_strained = std::exchange(strained_, pause.count() > 0); strained_ && !was_strained) {
    const bool database = for_postgres >= for_kafka;
    listener_.note(Listener::Level::info,
                   fmt::format("{}: makes room, {} answers in {} instead of {}", to_string(table_.table), database ? "postgres" : "Kafka",
                               took(database ? query : commit), took(database ? postgres_.usual() : kafka_.usual())));
  }
  return pause;
}

}  // namespace ctl::transfer
