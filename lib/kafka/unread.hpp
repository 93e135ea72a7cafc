#pragma once
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "kafka/reader.hpp"

namespace ctl::kafka {

/// What a consumer that goes on at some offset has still before it.
struct Unread {
  /// Markers of transactions take offsets, so do aborted and compacted records, and only reading tells them apart: the number of records
  /// where it was worth reading them all (`exact`), else that of the offsets from the first record on, of which there are no fewer.
  std::int64_t records{};
  bool exact{true};
  std::optional<Millis> first{};  ///< of the first of them; nullopt when there is none or it has no time
};

using Place = std::pair<Partition, std::int64_t>;  ///< an offset of a partition, from where somebody goes on

/// Reads what lies between each place and the end of its partition, in one pass over each partition however many places it has: the first
/// record of each, and all of them where at most 1,000 offsets are left. `ends`, of every partition, are offsets that a reader of this
/// isolation can get to. Bounded by the deadline: what was not read by then is unknown.
[[nodiscard]] std::map<Place, Known<Unread>> unread(const Settings&, std::vector<Place>, const std::map<Partition, std::int64_t>& ends,
                                                    Reader::Isolation, Listener&, const Deadline&);

}  // namespace ctl::kafka
