#include "health/sources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/catalog.hpp"

namespace ctl {

Sources::Sources(const Surroundings& s, const Deadline& until)
    : around{s}, kafka{s.kafka, s.listener}, worker{s.connect, s.listener}, session_{attempt([&] {
        return postgres::Connection::open(s.database, postgres::Access::read_only, s.listener, until);
      })} {
  if (session_) journal_.emplace(*session_, until);
}

postgres::Connection& Sources::database() {
  if (!session_) throw session_.error();
  return *session_;
}

Journal& Sources::journal() {
  if (!session_) throw session_.error();
  return *journal_;
}

void need_pinned(Sources& from, const Deadline& until) {
  const auto& around = from.around;
  const auto need = [&](std::string_view server, const std::string& pin, std::string_view key, const Known<std::string>& id) {
    if (id && *id != pin)
      throw Error{Code::refused,
                  {.what = fmt::format("{} is {}, but context {} pins {}", server, *id, around.context, pin),
                   .hint = fmt::format("this is another server than the context means: check its address, or {} in mykartctl.yaml", key)}};
  };
  if (const auto& pin = around.pinned_system_id; !pin.empty())
    need("postgres", pin, "postgres_system_id", attempt([&] { return postgres::server(from.database(), until).system_identifier; }));
  if (const auto& pin = around.pinned_cluster_id; !pin.empty()) {
    need("kafka", pin, "kafka_cluster_id", attempt([&] { return from.kafka.id(until); }));
    need("the Kafka cluster of connect", pin, "connect_url", attempt([&] { return from.worker.root(until).kafka_cluster_id; }));
  }
}

std::optional<Located> locate(const Project& project, const EventTable& table, postgres::Connection& database, const Deadline& until) {
  for (const bool retired : {false, true}) {
    auto info = postgres::table(database, {retired ? project.retired_schema : table.table.schema, table.table.name}, until);
    if (!info) continue;
    const bool fenced = std::find(info->triggers.begin(), info->triggers.end(), fence_trigger) != info->triggers.end();
    return Located{std::move(*info), retired, fenced};
  }
  return std::nullopt;
}

bool accounted_for(const Project& project, const Dependent& dependent) {
  if (dependent.kind == "publication")
    return std::any_of(project.connectors.begin(), project.connectors.end(),
                       [&](const ConnectorSpec& c) { return c.get("publication.name") == dependent.name; });
  return std::any_of(project.migrations.begin(), project.migrations.end(), [&](const Migration& m) {
    return m.phase == Migration::Phase::contract && m.run_by == Migration::RunBy::deploy &&
           m.deploy.find(table_name(dependent.name).name) != std::string::npos;
  });
}

EventTable at(const EventTable& declared, const Located& located) {
  auto table = declared;
  table.table = located.info.table;
  return table;
}

}  // namespace ctl
