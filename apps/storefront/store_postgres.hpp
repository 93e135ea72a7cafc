#pragma once
#include "database.hpp"
#include "store.hpp"

namespace storefront {

/// The shop before the migration: an INSERT each event. Ids and times are the database's own; user agent and address are not kept.
class PostgresStore : public EventStore {
 public:
  explicit PostgresStore(Database& database) : database_{database} {}
  [[nodiscard]] const char* mode() const override { return "postgres"; }
  [[nodiscard]] bool keeps_rows() const override { return true; }
  Receipt write(const Event&) override;
  void give_up() override {}  // an INSERT ends by the server's statement_timeout

 private:
  Database& database_;
};

}  // namespace storefront
