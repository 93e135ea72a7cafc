#pragma once
#include <functional>
#include <map>
#include <string>

#include "kafka/reader.hpp"

namespace ctl::transfer {

/// Offsets by partition of one topic.
using Offsets = std::map<int, std::int64_t>;

/// Throws not_found, or what a partition's leader says.
[[nodiscard]] Offsets offsets_of(kafka::Cluster&, const std::string& topic, kafka::Cluster::At, const Deadline&);
/// Of the first record at or after the instant; where there is none, the end.
[[nodiscard]] Offsets offsets_of(kafka::Cluster&, const std::string& topic, Millis, const Deadline&);

/// Records have the time that their writer gave them. The other kind, LogAppendTime, is the broker's own.
[[nodiscard]] bool keeps_given_times(kafka::Cluster&, const std::string& topic, const Deadline&);

/// Hands every committed record of the topic with `from` <= offset < `to` to `take`, and `passed` a partition's next offset whenever all
/// that is visible below it was handed out. Ends when every partition has reached its `to`. High watermarks as `to` make it complete: an
/// open transaction below one is waited for, until the broker ends it at the latest.
void scan(const kafka::Settings&, const std::string& topic, const Offsets& from, const Offsets& to, Listener&, const Deadline&,
          const std::function<void(const kafka::Message&)>& take, const std::function<void(int partition, std::int64_t next)>& passed = {});

}  // namespace ctl::transfer
