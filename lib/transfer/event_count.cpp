#include "transfer/event_count.hpp"

#include "transfer/id_set.hpp"
#include "transfer/sides.hpp"

namespace ctl::transfer {

EventCount count_events(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const Offsets& from,
                        const Offsets& to, Listener& listener, const Deadline& until) {
  EventCount count;
  IdSet ids;
  const Sides sides{session, settings, table, listener, until};
  sides.each_event(from, to, [&](const Sides::Event& event) {
    ++count.events;
    if (ids.add(event.id)) ++count.ids;
  });
  return count;
}

}  // namespace ctl::transfer
