#pragma once
#include <string>

#include "sql/queries.hpp"

/// The statements that make the tool's own tables as they are now, for tests that look at or write them without a Journal.
inline std::string journal_tables() {
  return std::string{ctl::sql::journal_schema} + std::string{ctl::sql::journal_upgrade_2} +
         "insert into mykartctl.journal_version (version) values (2);";
}
