#pragma once
#include <string>
#include <vector>

#include "health/sources.hpp"
#include "value/report.hpp"

/// Room health: looks at the three servers and judges. It changes nothing. A check that could not be made is `unknown`, never left out.
namespace ctl::health {

enum class Result : unsigned char { ok, warn, fail, unknown };
[[nodiscard]] std::string_view to_string(Result);

/// The answer to one question about one thing.
struct Check {
  std::string id{};      ///< "wal_level", "core-unchanged": stable, machines compare it
  std::string target{};  ///< "public.clicks"
  Result result{};
  std::string found{};
  std::string expected{};  ///< "" in preflight
  std::string fix{};       ///< what to type, "" when there is nothing to do
};

struct Checks {
  std::string kind{};    ///< preflight | verify
  std::string expect{};  ///< deploy | rollback; deployed | rolled-back
  std::vector<Check> all{};
  Value more{};  ///< further keys of the JSON answer
  [[nodiscard]] std::size_t count(Result) const;
  /// Good: no failure and nothing unknown (warnings are good).
  [[nodiscard]] bool good() const { return count(Result::fail) + count(Result::unknown) == 0; }
};
[[nodiscard]] Report report(const Checks&);

/// May I start? Servers and identities, wal_level, free slots, event tables fit to be moved, time zones, retention, dependents, groups that
/// would read old events. `only`: a subset of postgres, kafka, connect, identity, data ({} = all; data needs postgres and kafka).
/// `accept_loss`: so many events that were never replayed may be gone.
[[nodiscard]] Checks preflight(Sources&, std::string_view direction, const std::vector<std::string>& only, const Deadline&,
                               std::uint64_t accept_loss = 0);

/// Did it do what it promised? The thirteen questions of verify, in their order. `deep` compares every row again.
/// `expect` is deployed or rolled-back; "" takes the direction of the journal's last migration, Error{refused} when there is none.
[[nodiscard]] Checks verify(Sources&, std::string expect, bool deep, const Deadline&);

/// The words of an unknown: an error in one line.
[[nodiscard]] std::string one_line(const Error&);
/// Runs one question; an Error becomes an unknown check with its reason. The only way in which checks fail to be made.
template <class F>
void ask(std::vector<Check>& into, std::string id, std::string target, F&& question) {
  const auto done = attempt([&] { question(); });
  if (!done)
    into.push_back({.id = std::move(id),
                    .target = std::move(target),
                    .result = Result::unknown,
                    .found = one_line(done.error()),
                    .fix = done.error().text().hint});
}

/// A fact that may be unknown, for machines: null, and then why.
template <class T, class F>
Value known(const Known<T>& fact, const std::string& path, std::vector<Unknown>& unknown, F&& to_value) {
  if (fact) return to_value(*fact);
  unknown.push_back({path, one_line(fact.error())});
  return {};
}

}  // namespace ctl::health
