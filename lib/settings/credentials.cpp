#include "settings/credentials.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace ctl::settings {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Of "scheme://user:password@rest": the place behind "://" and that of the @ (npos if there is none before the path).
struct UserInfo {
  std::size_t from{}, at{};
};
UserInfo user_info(std::string_view url) {
  const auto from = url.find("://") + 3;
  const auto path = std::min(url.find_first_of("/?#", from), url.size());
  const auto at = url.substr(0, path).rfind('@');
  return {from, at == std::string_view::npos || at < from ? std::string_view::npos : at};
}

/// Takes password=… out of the query of a URL.
void split_query(Credentials& into) {
  const auto query = into.address.find('?');
  if (query == std::string::npos) return;
  std::vector<std::string> kept;
  for (auto& parameter : split(std::string_view{into.address}.substr(query + 1), '&')) {
    if (parameter.starts_with("password="))
      into.password = Secret{decoded(parameter.substr(9))};
    else
      kept.push_back(std::move(parameter));
  }
  into.address.resize(query);
  if (!kept.empty()) into.address += '?' + join(kept, "&");
}

/// One keyword = value off the front of `rest`, as libpq reads it: blanks around the '=', values in quotes, backslashes.
struct Word {
  std::string key{}, value{};
};
Word take_word(std::string_view& rest) {
  const auto equals = std::min(rest.find('='), rest.size());
  Word word{std::string{trim(rest.substr(0, equals))}, {}};
  rest.remove_prefix(std::min(equals + 1, rest.size()));
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
  const bool quoted = rest.starts_with('\'');
  if (quoted) rest.remove_prefix(1);
  while (!rest.empty() && (quoted ? rest.front() != '\'' : rest.front() != ' ' && rest.front() != '\t' && rest.front() != '\n')) {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    word.value += rest.front();
    rest.remove_prefix(1);
  }
  if (quoted && !rest.empty()) rest.remove_prefix(1);
  rest = trim(rest);
  return word;
}

}  // namespace

bool is_url(std::string_view text) { return text.find("://") != std::string_view::npos; }

std::string quote_keyword(std::string_view value) {
  if (!value.empty() && value.find_first_of(" '\\\t\n=") == std::string_view::npos) return std::string{value};
  std::string out{'\''};
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += '\'';
}

Credentials split_conninfo(std::string_view conninfo) {
  Credentials split{std::string{conninfo}, {}, {}};
  if (!is_url(conninfo)) {
    if (conninfo.find("password") == std::string_view::npos) return split;
    split.address.clear();
    for (auto rest = trim(conninfo); !rest.empty();) {
      const auto word = take_word(rest);
      if (word.key == "password")
        split.password = Secret{word.value};
      else
        split.address += (split.address.empty() ? "" : " ") + word.key + "=" + quote_keyword(word.value);
    }
    return split;
  }
  if (const auto info = user_info(conninfo); info.at != std::string_view::npos) {
    const auto colon = std::min(conninfo.find(':', info.from), info.at);
    split.user = decoded(conninfo.substr(info.from, colon - info.from));
    if (colon < info.at) split.password = Secret{decoded(conninfo.substr(colon + 1, info.at - colon - 1))};
    split.address = std::string{conninfo.substr(0, colon)} + std::string{conninfo.substr(info.at)};
  }
  split_query(split);
  return split;
}

Credentials split_url(std::string_view url) {
  auto split = split_conninfo(url);
  if (const auto info = user_info(split.address); info.at != std::string_view::npos)
    split.address.erase(info.from, info.at + 1 - info.from);
  while (split.address.ends_with('/')) split.address.pop_back();
  return split;
}

bool is_sensitive(std::string_view kafka_property) {
  constexpr std::array<std::string_view, 6> words{"password", "secret", "jaas", "token", "passphrase", "key.pem"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return kafka_property.find(word) != std::string_view::npos; });
}

}  // namespace ctl::settings
