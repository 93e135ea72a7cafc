#pragma once
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "kafka/reader.hpp"
#include "model/record_position.hpp"
#include "record_time.hpp"
#include "render/output.hpp"

namespace ctl::cli {

/// What `topics monitor` shows.
struct MonitorOptions {
  std::vector<std::string> topics{};
  std::vector<int> partitions{};  ///< none: all
  RecordPosition from{.of = RecordPosition::Of::end};
  std::optional<RecordPosition> to{};  ///< none: goes on
  std::optional<std::uint64_t> limit{};
  std::optional<std::string> key{}, grep{};
  RecordTime::Zone zone{};  ///< of the times in tables
  kafka::Reader::Isolation isolation{kafka::Reader::Isolation::committed};
};
struct Monitored {
  std::uint64_t shown{}, read{};
  bool complete{};  ///< reached --to or --limit; else it was stopped
};

/// Shows records as they arrive, each at once, until --to, --limit, the deadline or a stop; the last two are no errors here.
[[nodiscard]] Monitored monitor(const kafka::Settings&, const MonitorOptions&, render::Output&, const Deadline&);

}  // namespace ctl::cli
