#include "settings/libpq.hpp"

#include <algorithm>

#include "settings/credentials.hpp"
#include "settings/locate.hpp"

namespace ctl::settings {

std::vector<std::string> libpq_variables(const Environment& environment) {
  std::vector<std::string> set;
  for (const auto* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"})
    if (!variable(environment, name).empty()) set.emplace_back(name);
  return set;
}

std::string libpq_conninfo(const Environment& environment, std::string_view standard_url) {
  const auto set = [&](std::string_view name) { return variable(environment, name); };
  if (const auto service = set("PGSERVICE"); !service.empty()) return "service=" + quote_keyword(service);

  const auto standard = split_url(standard_url);
  const auto scheme = standard.address.find("://");
  const auto rest = scheme == std::string::npos ? "" : standard.address.substr(scheme + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  std::string conninfo;
  const auto add = [&](std::string_view keyword, const std::string& value, const std::string& otherwise = {}) {
    const auto& chosen = value.empty() ? otherwise : value;
    if (!chosen.empty()) conninfo += (conninfo.empty() ? "" : " ") + std::string{keyword} + "=" + quote_keyword(chosen);
  };
  add("host", set("PGHOST"), set("PGHOSTADDR").empty() ? rest.substr(0, slash) : "");
  add("hostaddr", set("PGHOSTADDR"));
  add("port", set("PGPORT"));
  add("user", set("PGUSER"), standard.user);
  add("dbname", set("PGDATABASE"), rest.substr(std::min(slash + 1, rest.size())));
  return conninfo;
}

}  // namespace ctl::settings
