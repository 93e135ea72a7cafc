#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/handle.hpp"
#include "postgres/connection.hpp"
#include "postgres/watchdog.hpp"

struct pg_conn;    // libpq's session
struct pg_result;  // and what it answers; declared here, so that no header of this room needs libpq's
extern "C" void PQfinish(pg_conn*);
extern "C" void PQclear(pg_result*);

/// The inside of a Connection, for the .cpp files of this room. libpqxx runs the queries; what it has no words for (a connection within a
/// deadline, the position of an error in a script, COPY without copies) is done on the libpq session below it.
namespace ctl::postgres {

using RawSession = Handle<pg_conn, PQfinish>;
using RawResult = Handle<pg_result, PQclear>;

/// A session, made within the deadline. Error{unreachable | denied | config | interrupted}, each with the address and its origin.
[[nodiscard]] RawSession connect(const Target&, const Deadline&);
/// "localhost:5432/shop".
[[nodiscard]] std::string address_of(const pg_conn*);

class Client;  ///< libpqxx's side of the session

struct Connection::Impl {
  Impl(RawSession, const Target&, Listener&);
  ~Impl();  ///< bounded: a session in the middle of something is shut down first

  /// Runs one blocking call under the watchdog. A session that is over or an expired deadline throws before the call.
  template <class F>
  auto call(const Deadline& until, std::string_view doing, F&& blocking) {
    check(until, doing);
    const Guard guard{*this, until};
    return blocking();
  }
  /// The same for libpq's sending calls. They answer 1 also after a write that failed, so the session is looked at as well.
  template <class F>
  void push(const Deadline& until, std::string_view doing, F&& sending) {
    if (call(until, doing, sending) != 1 || !usable()) fail(until, doing, "", last_words());
  }
  void check(const Deadline&, std::string_view doing);
  void expect_idle(std::string_view doing) const;  ///< throws Error{internal} while a COPY is in progress

  void send(std::string_view sql, std::string_view doing, const Deadline&);  ///< one or several statements, as they are
  RawResult next_result(std::string_view doing, const Deadline&);            ///< nullptr: there are no more
  /// Takes in what the server has sent, thousands of times a second and so without the watchdog; `wait`: a moment for something to come.
  /// poll() does not see what the TLS layer holds, so to wait for ever would be too long.
  void read(bool wait, std::string_view doing, const Deadline&);
  [[noreturn]] void fail(const Deadline&, std::string_view doing, const pg_result*);
  Rows query(const std::string& sql, std::span<const std::optional<std::string>> params, const Deadline&);
  /// Throws what a refusal, a lost session or the watchdog means, with the server's words.
  [[noreturn]] void fail(const Deadline&, std::string_view doing, std::string_view sqlstate, std::string_view message);
  void close(std::string why) noexcept;  ///< shuts the socket down; the session is over
  [[nodiscard]] bool usable() const noexcept;
  [[nodiscard]] bool in_transaction() const noexcept;
  [[nodiscard]] bool transaction_failed() const noexcept;
  void pass_on_notices();
  [[nodiscard]] std::string last_words() const;  ///< of libpq
  [[nodiscard]] std::string where() const;       ///< the address, with its origin

  std::string address, origin;
  Listener& listener;
  pg_conn* raw{};  ///< belongs to client
  std::unique_ptr<Client> client;
  std::unique_ptr<Watchdog> watchdog;
  std::vector<std::string> notices{};  ///< of the call in progress: the library's callback only appends
  bool copying{};
  std::string over{};  ///< why the session is over; "" while it is not

 private:
  struct Guard {
    Guard(Impl& session, const Deadline& until) : session_{session} { session_.watchdog->watch(until); }
    ~Guard() {
      if (session_.watchdog->release()) session_.close("its time was over");
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    Impl& session_;
  };
};

}  // namespace ctl::postgres
