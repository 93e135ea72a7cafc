#include "transfer/event_count.hpp"

#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"

namespace ctl::transfer {

EventCount count_events(const kafka::Settings& settings, const EventTable& table, const Offsets& from, const Offsets& to,
                        Listener& listener, const Deadline& until) {
  EventCount count;
  IdSet ids;
  Provenance provenance{table};
  scan(settings, table.topic, from, to, listener, until, [&](const kafka::Message& message) {
    const auto id = message.value ? provenance.row_of(*message.value) : std::nullopt;
    if (!id) return;
    if (!count.first) count.first = std::pair{message.partition.id, message.offset};
    ++count.events;
    if (ids.add(*id)) ++count.ids;
  });
  return count;
}

}  // namespace ctl::transfer
