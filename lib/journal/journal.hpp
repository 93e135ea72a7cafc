#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "journal/seal.hpp"
#include "model/step.hpp"
#include "postgres/connection.hpp"

/// Room journal: who did what and when, what is held, what was proved; one lock for writers. In schema mykartctl of the migrated database.
/// Nothing in it is needed to move data exactly once (that truth is Kafka's checkpoint and replay_offset), only to explain and to undo.
/// Knows no Kafka.
namespace ctl {

struct Run {
  std::int64_t id{};
  std::string command{}, direction{};  ///< "deploy"; direction deploy | rollback | ""
  std::string context{}, who{}, host{}, version{}, fingerprint{};
  int pid{};
  Millis started{};
  std::optional<Millis> finished{};
  std::string result{}, detail{};  ///< done waiting blocked failed; "" while running or in doubt
};
enum class Verdict : unsigned char { done, failed };
struct Entry {
  std::int64_t run{}, seq{};
  std::string kind{}, name{}, phase{}, action{}, detail{};
  Millis started{};
  std::optional<Millis> finished{};
  std::optional<Verdict> verdict{};  ///< none: in doubt
};
struct HeldConfig {
  std::string topic{}, key{}, value{};
  std::optional<std::string> was{};  ///< what the manifest says; nullopt: no override
  std::int64_t run{};
};
struct MigrationState {
  std::string id{}, digest{}, state{}, by{};  ///< state: applied adopted reverted
  Millis at{};
};
struct CoreState {  ///< a core table when a run began: rows at or below max_id, and their digest
  std::string table{}, digest{};
  std::uint64_t rows{};
  std::string max_id{};
  std::int64_t run{};
  Millis at{};
};

/// One statement an entry, so that what is written while a process dies is written whole or not at all; inside a caller's transaction, with
/// it. Several processes may write at once. Entries are appended: an ended run and a finished step are never changed (Error{internal}).
class Journal {
 public:
  /// Under Access::read_write creates schema and tables if they are absent, and upgrades those of an older version; Error{refused} for a
  /// newer one. Under read_only an absent journal reads as empty (present() is false), and what an older one has no column for as null.
  Journal(postgres::Connection&, const Deadline&);
  [[nodiscard]] bool present() const noexcept { return present_; }
  [[nodiscard]] static bool exists(postgres::Connection&, const Deadline&);  ///< without making it

  [[nodiscard]] std::int64_t begin(const Run&, const Deadline&);  ///< returns the run's number; id and times of the argument do not count
  void end(std::int64_t run, std::string_view result, std::string_view detail, const Deadline&);
  [[nodiscard]] std::int64_t started(std::int64_t run, const Step&, const Value& before, const Deadline&);  ///< returns seq
  void finished(std::int64_t run, std::int64_t seq, Verdict, std::string_view detail, const Deadline&);

  [[nodiscard]] std::vector<Run> runs(int limit, const Deadline&);  ///< newest first
  [[nodiscard]] std::vector<Entry> steps(std::int64_t run, const Deadline&);
  [[nodiscard]] std::optional<Run> last_migration(const Deadline&);  ///< the newest run with a direction
  /// Started, never finished, by runs that are not alive (they do not hold their context's lock), and their resource has no later verdict.
  /// Who has looked and knows says finished().
  [[nodiscard]] std::vector<Entry> in_doubt(const Deadline&);

  [[nodiscard]] std::vector<HeldConfig> holds(const Deadline&);
  void hold(const HeldConfig&, const Deadline&);  ///< keeps an older hold's `was`
  void release(std::string_view topic, std::string_view key, const Deadline&);
  [[nodiscard]] std::map<std::string, MigrationState> migrations(const Deadline&);
  void record(const MigrationState&, std::int64_t run, const Deadline&);
  [[nodiscard]] std::vector<Seal> seals(const Deadline&);
  void seal(const Seal&, const Deadline&);
  void unseal(std::string_view table, std::string_view direction, const Deadline&);
  [[nodiscard]] std::vector<CoreState> core(const Deadline&);  ///< of the newest run that has recorded any
  void record_core(const CoreState&, const Deadline&);         ///< the first of a run and table counts

 private:
  [[nodiscard]] std::vector<Run> runs(int limit, bool migrations, const Deadline&);
  /// An absent journal, which only a session that cannot write leaves absent, has no rows.
  [[nodiscard]] std::optional<postgres::Rows> read(std::string_view sql, const postgres::Names&, const Deadline&);

  postgres::Connection& connection_;
  bool present_{};
};

}  // namespace ctl
