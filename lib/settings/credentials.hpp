#pragma once
#include <string>
#include <string_view>

#include "core/secret.hpp"

namespace ctl::settings {

/// An address with what must not be printed taken out of it. Private to this room.
struct Credentials {
  std::string address{};  ///< without the password
  std::string user{};     ///< decoded; of a URL only
  Secret password{};      ///< decoded
};

/// What libpq takes: a URL (password in front of the @, or as ?password=) or keywords (password=…). The user stays in the address.
[[nodiscard]] Credentials split_conninfo(std::string_view conninfo);
/// http://user:password@host: the user leaves the address as well, and so does a '/' at the end.
[[nodiscard]] Credentials split_url(std::string_view url);

[[nodiscard]] bool is_url(std::string_view text);                  ///< has a scheme
[[nodiscard]] std::string quote_keyword(std::string_view value);   ///< as libpq's keyword form takes it: 'it\'s'
[[nodiscard]] bool is_sensitive(std::string_view kafka_property);  ///< its value must not be printed

}  // namespace ctl::settings
