#pragma once
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/sandbox.hpp"

/// The shop's database as its own team made it, before this tool existed: the deploy files of its schema, run by another client.
namespace shop {

inline std::string file(const std::string& path) {
  std::ifstream in{std::string{PROJECT_DIR} + "/" + path};
  if (!in) throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}
inline std::string migration(const std::string& name) { return file("sql/migrations/" + name + ".sql"); }
inline const std::vector<std::string> before{"0001_core", "0002_seed_products", "0003_analytics", "0004_product_analytics"};

inline void make(const sandbox::Database& database) {
  for (const auto& id : before) database.run(migration(id + ".deploy"));
}

}  // namespace shop
