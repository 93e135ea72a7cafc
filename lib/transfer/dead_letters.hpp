#pragma once
#include "transfer/arrived.hpp"

namespace ctl::transfer {

/// The events of a table that could not be rows, as mykartctl.dead_letter keeps them.
class DeadLetters {
 public:
  /// Keeps the references.
  DeadLetters(postgres::Connection& session, const EventTable& table, std::int64_t run, std::uint64_t most)
      : session_{session}, table_{table}, run_{run}, most_{most} {}

  void clear(const Deadline&);  ///< those of a batch that was not kept: its events come again
  /// Of a batch, in the transaction of its rows. An Error{refused} when there are more open ones then than allowed.
  [[nodiscard]] std::optional<Error> write(const Batch&, const Deadline&);
  /// Of a batch that was not kept, in a transaction of their own, so that they can be looked at; the first thousand.
  void keep_refused(const Batch&, const Deadline&);

 private:
  void copy(const Batch&, std::string_view state, std::size_t most, const Deadline&);
  [[nodiscard]] postgres::Names names() const;
  [[nodiscard]] Error too_many(const Deadline&) const;

  postgres::Connection& session_;
  const EventTable& table_;
  std::int64_t run_;
  std::uint64_t most_;
};

}  // namespace ctl::transfer
