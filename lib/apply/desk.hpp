#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apply/executor.hpp"
#include "core/retry.hpp"
#include "health/seals.hpp"
#include "health/sources.hpp"
#include "journal/lock.hpp"
#include "kafka/admin.hpp"
#include "plan/plan.hpp"

/// Room apply: carries plans out. One Handler a kind of resource, one executor, and the two journeys (deploy, rollback) as plans for it.
/// It knows every room below and prints nothing.
namespace ctl {

/// A run of a writing command: its session, lock and journal entry. Nothing that writes is constructed outside of one.
class WritingRun {
 public:
  /// Takes the lock (Error{busy} names its holder), opens the journal and begins the run. `direction`: deploy, rollback or "".
  WritingRun(const Surroundings&, std::string command, std::string direction, const Plan&, const Deadline&);
  ~WritingRun();  ///< an unended run is journalled as failed, best effort, at most 2 s
  WritingRun(const WritingRun&) = delete;
  WritingRun& operator=(const WritingRun&) = delete;

  [[nodiscard]] std::int64_t id() const noexcept { return id_; }
  [[nodiscard]] postgres::Connection& database() noexcept { return database_; }
  [[nodiscard]] Journal& journal() noexcept { return journal_; }
  [[nodiscard]] Recorder recorder(const Deadline&);
  void end(std::string_view result, std::string_view detail);

 private:
  const Surroundings& around_;
  Lock lock_;
  postgres::Connection database_;
  Journal journal_;
  std::int64_t id_{};
  bool ended_{};
};

/// What handlers work with. Without a run they only look, and the session is READ ONLY at the server. Commands that need no PostgreSQL work
/// without a session: `no_session` says then why there is none.
struct Desk {
  const Surroundings& around;
  kafka::Cluster& kafka;
  postgres::Connection* session{};
  Journal* book{};
  const Error* no_session{};
  WritingRun* run{};
  bool no_lock{};  ///< may write without a run
  enum class Direction : unsigned char { none, deploy, rollback } direction{};

  [[nodiscard]] postgres::Connection& database() const;  ///< throws *no_session
  [[nodiscard]] Journal& journal() const;                ///< likewise
  [[nodiscard]] WritingRun& writing() const;             ///< throws Error{internal} when only looking
  void need_writing() const;                             ///< likewise, for what needs no journal
};

/// The configs that are kept different from the manifest: those the journal holds and, while deploying, what keeps
/// the history of every event topic.
[[nodiscard]] std::vector<plan::Hold> holds(const Desk&, const Deadline&);

/// Who is asked whether a proof still holds.
[[nodiscard]] health::SealWitnesses witnesses(const Desk&);
/// "deploy", "rollback" or "", as the journal spells it.
[[nodiscard]] std::string_view to_string(Desk::Direction);

/// Where the rows of an event table are now (health/sources.hpp).
[[nodiscard]] std::optional<Located> locate(const Desk&, const EventTable&, const Deadline&);

/// A contract migration is recorded as applied: tables that are nowhere have been retired and dropped, and do not wait for a migration to
/// make them.
[[nodiscard]] bool contracted(const Desk&, const Deadline&);

/// Digest of texts in order, for preconditions.
[[nodiscard]] Digest digest_of(std::span<const std::string> facts);

/// Retries DDL that did not get its lock within the session's lock_timeout, until the deadline: nobody queues behind us for long. An
/// attempt that the deadline would cut off is not begun, because that would end the session, and the lock is the better reason.
template <class F>
void with_short_locks(const Desk& desk, std::string_view what, const Deadline& until, F&& ddl) {
  constexpr std::chrono::milliseconds an_attempt{2000};
  constexpr std::string_view lock_not_available = "55P03";
  desk.database().query("set lock_timeout = '500ms'", until);
  std::optional<Error> locked;
  retry(
      until, Backoff{}, desk.around.listener, [&](const Error& e) { return e.sqlstate() == lock_not_available; },
      [&] {
        if (locked && until.left_ms(an_attempt) < an_attempt.count()) throw *locked;
        try {
          within(what, [&] { ddl(); });
        } catch (const Error& e) {
          if (e.sqlstate() == lock_not_available) locked = e;
          throw;
        }
      });
}

}  // namespace ctl
