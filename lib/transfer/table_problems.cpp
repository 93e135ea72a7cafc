#include "transfer/table_problems.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "transfer/column_type.hpp"

namespace ctl::transfer {
namespace {

bool is_time(ColumnType type) { return type == ColumnType::date || type == ColumnType::local_time || type == ColumnType::instant; }

class Problems {
 public:
  Problems(const EventTable& table, const TableInfo& info) : table_{table}, info_{info} {}

  std::vector<Error> all() {
    look_at_key();
    if (!table_.time_column.empty()) look_at_time();
    for (const auto& field : table_.fields)
      if (!field.column.empty()) look([&] { static_cast<void>(field_type(table_.table, column(field.column))); });
    look_at_key_template();
    if (table_.extra_fields == EventTable::Extra::jsonb) look([&] { static_cast<void>(column("extra")); });
    return std::move(found_);
  }

 private:
  [[nodiscard]] const ColumnInfo& column(std::string_view name) const { return find_column(info_, table_, name); }

  /// Of one column it is enough to hear once.
  void add(const Error& problem) {
    const auto known = [&](const Error& e) { return e.text().what == problem.text().what; };
    if (std::none_of(found_.begin(), found_.end(), known)) found_.push_back(problem);
  }
  template <class F>
  void look(F&& question) {
    if (const auto fine = attempt(std::forward<F>(question)); !fine) add(fine.error());
  }

  void look_at_key() {
    const auto id =
        std::find_if(info_.columns.begin(), info_.columns.end(), [&](const ColumnInfo& c) { return c.name == table_.id_column; });
    const bool integer = id != info_.columns.end() && attempt([&] { return is_integer(column_type(table_.table, *id)); }).value_or(false);
    if (integer && info_.primary_key == std::vector{table_.id_column}) return;
    add({Code::refused,
         {.what = "table " + to_string(table_.table) + " has no integer primary key " + table_.id_column,
          .where = to_string(table_.at),
          .hint = "rows are moved in order of one integer key; its primary key: (" + join(info_.primary_key, ", ") + ")"}});
  }

  void look_at_time() {
    look([&] {
      const auto& time = column(table_.time_column);
      if (!is_time(column_type(table_.table, time)))
        throw Error{
            Code::refused,
            {.what = "column " + to_string(table_.table) + "." + time.name + " cannot be the time of events: it is " + time.type,
             .where = to_string(table_.at),
             .hint = "source.time takes a column of type timestamp, timestamptz or date; without one, events have the time of their copy"}};
    });
  }

  void look_at_key_template() {
    const std::string_view pattern{table_.key_template};
    for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
      const auto close = pattern.find('}', open);
      if (close == std::string_view::npos)
        return add(
            {Code::manifest,
             {.what = "the key of " + table_.topic + " has a { without its }: " + table_.key_template, .where = to_string(table_.at)}});
      look([&] { static_cast<void>(column_type(table_.table, column(pattern.substr(open + 1, close - open - 1)))); });
    }
  }

  const EventTable& table_;
  const TableInfo& info_;
  std::vector<Error> found_{};
};

}  // namespace

std::vector<Error> table_problems(const EventTable& table, const TableInfo& info) { return Problems{table, info}.all(); }

void need_carriable(const EventTable& table, const TableInfo& info) {
  const auto problems = table_problems(table, info);
  if (problems.empty()) return;
  auto text = problems.front().text();
  for (const auto& other : problems)
    if (&other != &problems.front()) text.cause += (text.cause.empty() ? "also: " : "; ") + other.text().what;
  throw Error{problems.front().code(), std::move(text)};
}

}  // namespace ctl::transfer
