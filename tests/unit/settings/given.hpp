#pragma once
#include "core/error.hpp"
#include "settings/settings.hpp"
#include "support/folder.hpp"

/// A shop's tool in a folder of its own.
struct Shop {
  Folder folder{};
  ctl::settings::Given given{.prefix = "SHOP_", .folder = folder.path(), .defaults = {{"database", "postgresql://admin@localhost/shop"}}};

  Shop& file(const std::string& text) { return folder.file("mykartctl.yaml", text), *this; }
  Shop& flag(const std::string& name, const std::string& value) { return given.flags[name].push_back(value), *this; }
  Shop& variable(const std::string& name, const std::string& value) { return given.environment[name] = value, *this; }
  [[nodiscard]] ctl::settings::Settings resolve() const { return ctl::settings::resolve(given); }
  /// "what | cause | where | hint" of the error that resolve() ends with.
  [[nodiscard]] std::string refusal(ctl::Code code) const {
    try {
      (void)resolve();
    } catch (const ctl::Error& e) {
      if (e.code() != code) return "another code";
      return std::string{e.what()} + " | " + e.text().cause + " | " + e.text().where + " | " + e.text().hint;
    }
    return "accepted";
  }
};

inline const std::string two_contexts =
    "default_context: local\n"
    "quiet_for: 20s\n"
    "contexts:\n"
    "  local:   {brokers: localhost:9092, database: postgresql://admin@localhost/shop, connect_url: http://localhost:8083, quiet_for: 2s}\n"
    "  staging: {brokers: kafka:9092, database: postgresql://admin@db:5432/shop, connect_url: http://connect:8083}\n"
    "  prod:\n"
    "    brokers: p1:9092,p2:9092\n"
    "    protected: true\n"
    "    kafka_cluster_id: MkU3OEVBNTcwNTJENDM2Qg\n"
    "    postgres_system_id: 7391234567890123456\n";
