#pragma once
#include <stdexcept>

#include "core/error.hpp"
#include "postgres/connection.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

/// A database of its own and what is needed to open sessions in it with the code under test.
struct SessionBench {
  sandbox::Database database{};
  Quiet quiet{};
  ctl::Deadline until{std::chrono::seconds{30}, {}};

  [[nodiscard]] ctl::postgres::Target target() const { return {database.url(), {}, "mykartctl test", "the test"}; }
  [[nodiscard]] ctl::postgres::Connection open(ctl::postgres::Access access = ctl::postgres::Access::read_write) {
    return ctl::postgres::Connection::open(target(), access, quiet, until);
  }
  /// First column "v" of the first row; "NULL" for NULL.
  [[nodiscard]] std::string value(ctl::postgres::Connection& session, const std::string& sql) const {
    return std::string{session.query(sql, until).at(0, "v").value_or("NULL")};
  }
  using ms = std::chrono::milliseconds;
  template <class F>
  static ms took(F&& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration_cast<ms>(std::chrono::steady_clock::now() - begin);
  }
};

/// The Error that f throws; fails the test if it throws none.
template <class F>
ctl::Error error_of(F&& f) {
  try {
    f();
  } catch (const ctl::Error& e) { return e; }
  throw std::logic_error{"no Error was thrown"};
}
