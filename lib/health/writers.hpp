#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "health/surroundings.hpp"

namespace ctl::health {

/// Whether the writers of the event tables (deploy) or of the topics (rollback) are gone. Silence alone is not gone.
struct Writers {
  bool gone{};
  bool undecided{};        ///< nothing speaks against it, but the quiet window has not passed yet: look again
  std::string why{};       ///< what speaks against it, or what was waited for
  std::string remedy{};    ///< it cannot be known before this was done; "": it can
  std::string evidence{};  ///< when gone: "quiet 30 s, application events seen in 4 of 4 topics"
};

/// Watches over several looks: remembers when the newest row (event) of each table (topic) was seen first.
/// Gone means: the role may see what others do, no subscription writes to a table, no new row for the quiet window, no open transaction of
/// others that holds RowExclusive on a table or on what fills it, and either events of the application in a topic or no other client's
/// session in the database. The operator's word replaces the last part only; a protected context demands the word in addition.
/// Who cannot be seen (a session that inserts once an hour, with whatever session_replication_role) meets the fence.
class WriterWatch {
 public:
  WriterWatch(const Surroundings& around, bool operators_word) : around_{around}, word_{operators_word} {}
  [[nodiscard]] Writers tables(postgres::Connection&, kafka::Cluster&, const Deadline&);
  /// For rollback: no new offset in any of the topics for the quiet window.
  [[nodiscard]] Writers topics(kafka::Cluster&, const Deadline&);

 private:
  using clock = std::chrono::steady_clock;
  struct Seen {
    std::string newest{};
    clock::time_point since{};
    bool moved{};  ///< since the first look
  };
  /// How long `name` has shown `newest`; remembers.
  clock::duration quiet(const std::string& name, const std::string& newest);
  [[nodiscard]] Writers judge(clock::duration shortest, const std::string& busiest) const;

  const Surroundings& around_;
  bool word_;
  std::map<std::string, Seen> seen_{};
};

/// The time of the newest event that the application wrote and no rollback has taken back yet, by topic, among the last records of each
/// partition. A topic without one is left out.
[[nodiscard]] std::map<std::string, Millis> last_application_events(const Surroundings&, postgres::Connection&, kafka::Cluster&,
                                                                    const Deadline&);

}  // namespace ctl::health
