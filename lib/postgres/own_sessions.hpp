#pragma once
#include <cstdint>
#include <string>

namespace ctl::postgres {

/// The sessions that this process has opened, as sql/queries/session.sql tells them: what looks for others leaves them out. Kept after they
/// were closed, because the server takes a moment to see that. The newest thousand.
void remember_own_session(std::int64_t own) noexcept;
[[nodiscard]] std::string own_sessions();  ///< as an array of bigint in PostgreSQL's text form

}  // namespace ctl::postgres
