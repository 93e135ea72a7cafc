#include "settings/settings.hpp"

namespace ctl::settings {

Report report(const Settings& settings, bool origin) {
  Report report{.kind = "config", .warnings = settings.warnings};
  Table table{.head = {"KEY", "VALUE"}};
  if (origin) table.head.emplace_back("ORIGIN");
  Value rows{Value::List{}};
  for (const auto& shown : settings.shown) {
    table.rows.push_back({{shown.key}, {shown.value}});
    if (origin) table.rows.back().push_back({shown.origin, Style::faint});
    Value row;
    row.set("key", shown.key).set("value", shown.sensitive ? Value{} : Value{shown.value}).set("origin", shown.origin);
    rows.push(std::move(row.set("sensitive", shown.sensitive)));
    report.names.push_back(shown.key);
  }
  report.blocks.emplace_back(std::move(table));
  report.data.set("settings", std::move(rows));
  return report;
}

}  // namespace ctl::settings
