#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/text.hpp"
#include "health/connectors.hpp"
#include "plan/connector_lint.hpp"
#include "postgres/catalog.hpp"

namespace ctl::health {
namespace {

/// Of "localhost:5432/shop"; a socket's folder is this machine.
std::optional<std::string> database_part(std::string_view address, std::string_view part) {
  const auto slash = address.rfind('/');
  const auto colon = address.rfind(':', slash);
  if (slash == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  if (part == "dbname") return std::string{address.substr(slash + 1)};
  if (part == "port") return std::string{address.substr(colon + 1, slash - colon - 1)};
  if (part == "hostname") return address.starts_with('/') ? "localhost" : std::string{address.substr(0, colon)};
  return std::nullopt;
}

std::optional<std::string> file_text(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return std::string{trim(text.str())};
}

/// Asked once for all connectors.
struct Worker {
  Known<std::map<std::string, Config>> configs{};
  Known<std::vector<connect::Plugin>> plugins{};
};

Known<plan::WantedConnector> wanted(Sources& from, const ConnectorSpec* declared, const std::string& name, const Worker& worker,
                                    const Deadline& until) {
  if (declared != nullptr)
    return attempt([&] {
      const auto* session = from.session() ? &from.database() : nullptr;
      return wanted_connector(from.around, *declared, session != nullptr && rolled_back(from.journal(), until), session);
    });
  if (!worker.configs) return tl::unexpected{worker.configs.error()};
  plan::WantedConnector as_it_runs{.spec = {.name = name}};
  if (const auto config = worker.configs->find(name); config != worker.configs->end()) as_it_runs.spec.config = config->second;
  return as_it_runs;
}

/// Publication, slot and rights can be judged only in the database that the connector reads.
plan::SeenDatabase look_at_its_database(postgres::Connection& database, const ConnectorSpec& spec, const Deadline& until) {
  auto seen = look_at_cdc(database, spec, until);
  if (const auto its = spec.get("database.dbname"); its != seen.name)
    throw Error{
        Code::config,
        {.what = fmt::format("connector {} reads database {}, this is {}", spec.name, its, seen.name), .where = database.address()}};
  return seen;
}

std::vector<std::string> missing_topics(Sources& from, const plan::WantedConnector& wanted, const Deadline& until) {
  std::vector<std::string> names, missing;
  for (const auto& topic : wanted.topics) names.push_back(topic.name);
  if (names.empty()) return missing;
  for (const auto& [topic, state] : from.kafka.describe(names, until)) {
    if (state) continue;
    if (state.error().code() != Code::not_found) throw Error{state.error()};
    missing.push_back(topic);
  }
  return missing;
}

ConnectorSights look_at_one(Sources& from, const std::string& name, const Worker& worker, const Deadline& until) {
  const auto& files = from.around.project.connectors;
  const auto file = std::find_if(files.begin(), files.end(), [&](const ConnectorSpec& c) { return c.name == name; });
  ConnectorSights sights{.name = name, .declared = file == files.end() ? nullptr : &*file};
  sights.wanted = wanted(from, sights.declared, name, worker, until);
  if (!worker.configs) {
    sights.config = tl::unexpected{worker.configs.error()};
    sights.offsets = tl::unexpected{worker.configs.error()};
  } else if (const auto config = worker.configs->find(name); config != worker.configs->end()) {
    sights.config = config->second;
  }
  if (worker.plugins && sights.wanted)
    for (const auto& plugin : *worker.plugins)
      if (plugin.name == sights.wanted->spec.get("connector.class")) sights.plugin_version = plugin.version;
  if (!sights.wanted)
    sights.database = tl::unexpected{sights.wanted.error()};
  else if (plan::is_postgres(sights.wanted->spec))
    sights.database = attempt([&] { return look_at_its_database(from.database(), sights.wanted->spec, until); });
  return sights;
}

void poll(Sources& from, std::vector<ConnectorSights>& all, const Deadline& until) {
  const auto statuses = attempt([&] { return from.worker.statuses(until); });
  for (auto& sights : all) {
    ConnectorPoll seen;
    if (!statuses)
      seen.status = tl::unexpected{statuses.error()};
    else if (const auto status = statuses->find(sights.name); status != statuses->end())
      seen.status = status->second;
    if (!sights.database)
      seen.slot = tl::unexpected{sights.database.error()};
    else if (const auto slot = sights.wanted->spec.get("slot.name"); !slot.empty())
      seen.slot = attempt([&] { return postgres::slot(from.database(), slot, until); });
    if (seen.slot && *seen.slot && !(*seen.slot)->active)
      seen.readers = attempt([&] {
                       return readers(from.database(), sights.wanted->spec.get("database.user"), until);
                     }).value_or(std::vector<std::int64_t>{});
    sights.polls.push_back(std::move(seen));
  }
}

}  // namespace

plan::LookUp references(const Surroundings& around, const postgres::Connection* database) {
  return [&around, address = database == nullptr ? std::string{} : database->address()](
             std::string_view kind, std::string_view argument) -> std::optional<std::string> {
    if (kind == "database") return database_part(address, argument);
    if (kind == "file") return file_text(std::filesystem::path{around.project.folder} / argument);
    const auto variable = kind == "env" ? around.environment.find(std::string{argument}) : around.environment.end();
    return variable == around.environment.end() ? std::nullopt : std::optional{variable->second};
  };
}

plan::WantedConnector wanted_connector(const Surroundings& around, const ConnectorSpec& file, bool rolled_back,
                                       const postgres::Connection* database) {
  std::vector<TableName> restored;
  if (rolled_back && plan::is_postgres(file))
    for (const auto& table : around.project.tables) restored.push_back(table.table);
  auto wanted = plan::resolve(plan::with_tables(file, restored), references(around, database));
  wanted.topics = plan::topics_of(wanted.spec, around.project);
  return wanted;
}

bool rolled_back(Journal& journal, const Deadline& until) {
  const auto last = journal.last_migration(until);
  return last && last->direction == "rollback";
}

AllConnectors look_at_connectors(Sources& from, std::span<const std::string> names, ConnectorLook how, const Deadline& until) {
  AllConnectors all;
  all.worker.url = from.around.connect.base;
  all.worker.root = attempt([&] { return from.worker.root(until); });
  all.worker.health = attempt([&] { return from.worker.health(until); });
  all.worker.kafka_cluster_id = attempt([&] { return from.kafka.id(until); });
  const Worker worker{attempt([&] { return from.worker.configs(until); }), attempt([&] { return from.worker.plugins(until); })};

  std::vector<std::string> chosen{names.begin(), names.end()};
  if (names.empty())
    for (const auto& file : from.around.project.connectors) chosen.push_back(file.name);
  if (chosen.empty() && worker.configs)
    for (const auto& [name, config] : *worker.configs) chosen.push_back(name);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  for (const auto& name : chosen) {
    auto& sights = all.connectors.emplace_back(look_at_one(from, name, worker, until));
    if (!all.worker.kafka_cluster_id)
      sights.missing_topics = tl::unexpected{all.worker.kafka_cluster_id.error()};  // asking again would only take time
    else if (sights.wanted)
      sights.missing_topics = attempt([&] { return missing_topics(from, *sights.wanted, until); });
  }

  const auto began = Deadline::clock::now();
  for (int n = 0; n < std::max(how.polls, 1); ++n) {
    if (n > 0) until.sleep(how.between);
    poll(from, all.connectors, until);
    if (!worker.configs) break;  // nobody answers: asking again tells nothing new
  }
  // Offsets after the slot: the connector stores its position before it confirms it, so read in this order it can never seem to be behind.
  for (auto& sights : all.connectors) {
    sights.window = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::clock::now() - began);
    if (sights.config && *sights.config) sights.offsets = attempt([&] { return from.worker.offsets(sights.name, until); });
  }
  return all;
}

}  // namespace ctl::health
