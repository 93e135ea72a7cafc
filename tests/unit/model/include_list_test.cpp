#include "model/include_list.hpp"

#include <catch2/catch.hpp>

#include "model/project.hpp"

using namespace ctl;

TEST_CASE("an entry names one table, metacharacters behind a backslash, the dot in between alone or not") {
  CHECK(included_table("public.orders")->table == TableName{"public", "orders"});
  CHECK(included_table(R"(public\.Orders)")->table == TableName{"public", "Orders"});
  CHECK(included_table(R"(my\.schema.a\$b)")->table == TableName{"my.schema", "a$b"});
  CHECK(included_table("(?-i)public.Orders")->table == TableName{"public", "Orders"});
  CHECK(included_table("(?-i)public.Orders")->exact_case);
  CHECK(included_table("public.größe")->table.name == "größe");
  for (const auto* more :
       {"public.*", "public.(a|b)", "orders", "a.b.c", R"(public.\w)", "public.a$b", R"(public."Orders")", ".orders", "public."})
    CHECK_FALSE(included_table(more));
}

TEST_CASE("what Debezium takes for an entry: ASCII letters without their case, a dot that stands alone for any character") {
  const auto takes = [](const char* entry, const TableName& table) { return included_table(entry)->takes(table); };
  CHECK(takes("public.orders", {"public", "Orders"}));
  CHECK(takes("Public.ORDERS", {"public", "orders"}));
  CHECK_FALSE(takes("(?-i)public.orders", {"public", "Orders"}));
  CHECK(takes("(?-i)public.orders", {"public", "orders"}));
  CHECK_FALSE(takes("public.größe", {"public", "grÖße"}));
  CHECK(takes(R"(my\.schema.t)", {"my", "schema_t"}));
  CHECK(takes(R"(my\.schema.t)", {"my", "schemaÖt"}));
  CHECK_FALSE(takes(R"(my\.schema.t)", {"my", "schema__t"}));
  CHECK_FALSE(takes("public.orders", {"public", "orders2"}));
  CHECK_FALSE(takes(R"(public.a_b)", {"public", "axb"}));
  CHECK_FALSE(takes(R"(public.a%b)", {"public", "axxb"}));
}

TEST_CASE("every name can be written as an entry of a list and read again") {
  for (const TableName& table : {TableName{"public", "a$b"}, TableName{"my.schema", "t"}, TableName{"public", "c,d"},
                                 TableName{"public", R"(q"r\s)"}, TableName{"public", "e f"}, TableName{"s", "a+(b)[c]{d}|^?*"}}) {
    INFO(include_entry(table));
    const auto entries = include_entries("x.y, " + include_entry(table) + " ,");
    REQUIRE(entries.size() == 2);
    REQUIRE(included_table(entries[1]));
    CHECK(included_table(entries[1])->table == table);
    CHECK(ConnectorSpec{.config = {{"table.include.list", include_entry(table)}}}.tables() == std::vector<TableName>{table});
  }
}

TEST_CASE("table names in texts are quoted where a dot, comma or quote would confuse, and read back the same") {
  const std::vector<TableName> tables{{"public", "orders"}, {"my.schema", "Orders"}, {"public", R"(a"b,c)"}, {"s", "a$b"}};
  std::string list;
  for (const auto& table : tables) {
    CHECK(table_name(to_string(table)) == table);
    list += (list.empty() ? "" : ",") + to_string(table);
  }
  CHECK(table_names(list) == tables);
  CHECK(to_string(tables[0]) == "public.orders");
  CHECK(to_string(tables[1]) == R"("my.schema".Orders)");
  CHECK(table_name(R"(public."Orders")") == TableName{"public", "Orders"});
  CHECK(table_name("orders") == TableName{"public", "orders"});
  CHECK(table_names("").empty());
}
