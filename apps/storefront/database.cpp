#include "database.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <pqxx/pqxx>

#include "core/error.hpp"
#include "core/text.hpp"

namespace storefront {
namespace {

std::string quoted(const std::string& value) {
  std::string out{'\''};
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += '\'';
}

std::string conninfo(const DatabaseSettings& s) {
  auto text = fmt::format("host={} port={} user={} dbname={}", quoted(s.host), quoted(s.port), quoted(s.user), quoted(s.name));
  if (!s.password.empty()) text += " password=" + quoted(s.password.reveal());
  return text + " application_name=storefront connect_timeout=5 options='-c statement_timeout=10s'";
}

struct Session {
  pqxx::connection connection;
  std::map<std::string, std::string, std::less<>> names{};  ///< of prepared statements, by their text

  explicit Session(const std::string& how) : connection{how} {}
  /// The server has no reason to send anything to an idle session but its end.
  [[nodiscard]] bool lost() const {
    pollfd word{.fd = connection.sock(), .events = POLLIN, .revents = 0};
    return !connection.is_open() || ::poll(&word, 1, 0) != 0;
  }
  const std::string& prepare(std::string_view statement) {
    auto [found, is_new] = names.try_emplace(std::string{statement}, "s" + std::to_string(names.size()));
    if (is_new) connection.prepare(found->second, found->first);
    return found->second;
  }
};

std::vector<Row> rows(const pqxx::result& result) {
  std::vector<Row> all;
  for (const auto& from : result) {
    Row& row = all.emplace_back();
    for (const auto& field : from) row.push_back(field.is_null() ? Parameter{} : Parameter{field.c_str()});
  }
  return all;
}

}  // namespace

struct Database::Pool {
  DatabaseSettings settings{};
  std::string how{};
  std::mutex lock{};
  std::condition_variable given_back{};
  std::vector<std::unique_ptr<Session>> places{};  ///< free ones, each with a session or still without

  /// One place, for one thread; waits until there is one.
  struct Lease {
    Pool& pool;
    std::unique_ptr<Session> session{};

    explicit Lease(Pool& from) : pool{from} {
      std::unique_lock hold{pool.lock};
      pool.given_back.wait(hold, [this] { return !pool.places.empty(); });
      session = std::move(pool.places.back());
      pool.places.pop_back();
    }
    ~Lease() {
      const std::lock_guard hold{pool.lock};
      pool.places.push_back(std::move(session));
      pool.given_back.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
  };
};

Database::Database(DatabaseSettings settings) : pool_{std::make_unique<Pool>()} {
  pool_->how = conninfo(settings);
  pool_->places.resize(settings.sessions);
  pool_->settings = std::move(settings);
}
Database::~Database() = default;

std::vector<Row> Database::run(std::string_view statement, const std::vector<Parameter>& parameters) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  Pool::Lease lease{*pool_};
  try {
    if (!lease.session || lease.session->lost()) lease.session = std::make_unique<Session>(pool_->how);
    const auto& name = lease.session->prepare(statement);
    return rows(pqxx::nontransaction{lease.session->connection}.exec_prepared(name, pqxx::prepare::make_dynamic_params(values)));
  } catch (const pqxx::sql_error& e) {
    throw ctl::Error{ctl::Code::failed, {.what = "PostgreSQL refuses a statement of the shop", .cause = std::string{ctl::trim(e.what())}}};
  } catch (const pqxx::failure& e) {
    lease.session.reset();
    const auto& s = pool_->settings;
    throw ctl::Error{
        ctl::Code::unreachable,
        {.what = fmt::format("no session with PostgreSQL at {}:{}/{}", s.host, s.port, s.name), .cause = std::string{ctl::trim(e.what())}}};
  }
}

}  // namespace storefront
