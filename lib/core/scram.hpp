#pragma once
#include <string>
#include <string_view>

namespace ctl {

/// What PostgreSQL stores of a password (pg_authid.rolpassword, SCRAM-SHA-256 with 4096 rounds), so that ALTER ROLE never carries the
/// password itself into a server log. `salt`: 16 bytes, random if empty. A password outside ASCII is taken as its bytes.
[[nodiscard]] std::string scram_verifier(std::string_view password, std::string_view salt = {});

}  // namespace ctl
