#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"

namespace storefront {

struct DatabaseSettings {
  std::string host{}, port{}, user{}, name{};
  ctl::Secret password{};
  std::size_t sessions{};  ///< at most
};

using Parameter = std::optional<std::string>;  ///< in the server's text form; nullopt is NULL
using Row = std::vector<std::optional<std::string>>;

/// A few PostgreSQL sessions that all threads share. One statement is one transaction. A session that was lost is replaced at the next
/// call.
class Database {
 public:
  explicit Database(DatabaseSettings);  ///< connects to nothing yet
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  /// Waits for a free session. `statement` must be the same text each time: it is prepared once a session. Throws ctl::Error with the
  /// server's own words; after 10 s at the server it is cancelled there.
  [[nodiscard]] std::vector<Row> run(std::string_view statement, const std::vector<Parameter>& = {});

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace storefront
