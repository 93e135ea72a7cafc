#include "health/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "postgres/catalog.hpp"
#include "postgres/named.hpp"

namespace ctl {
namespace {

bool names_word(std::string_view text, std::string_view word) {
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || !in_word(at - 1)) && !in_word(at + word.size())) return true;
  return false;
}

}  // namespace

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
    auto parts = postgres::parts(database, info->table, table.table, table.id_column, until);
    const bool fenced = postgres::fence_hole(parts).empty();
    return Located{.info = std::move(*info), .retired = retired, .fenced = fenced, .parts = std::move(parts)};
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

std::optional<Disorder> disorder(const Located& located) {
  if (auto found = postgres::disorder(located.parts)) return found;
  auto found = located.info.sequence ? disorder(*located.info.sequence) : std::nullopt;
  if (found) found->why += ": a row could arrive below what was copied";
  return found;
}

std::vector<std::string> unmoved_parts(const Project& project, const Located& located) {
  const auto moves = [](const std::string& script, const std::string& name) {
    return names_word(script, name) || names_word(script, "pg_partition_tree") || names_word(script, "pg_inherits");
  };
  std::vector<const Migration*> retiring;
  for (const auto& m : project.migrations)
    if (m.phase == Migration::Phase::contract && m.run_by == Migration::RunBy::deploy && names_word(m.deploy, located.info.table.name))
      retiring.push_back(&m);
  std::vector<std::string> lacking;
  for (const auto& part : located.parts) {
    if (part.link != postgres::Part::Link::partition || part.table.schema != located.info.table.schema) continue;
    for (const auto* m : retiring) {
      const auto& name = part.table.name;
      if (!moves(m->deploy, name))
        lacking.push_back(fmt::format("{}: alter table {} set schema {};", m->deploy_file, postgres::quote_identifier(part.table),
                                      postgres::quote_identifier(project.retired_schema)));
      if (!m->revert.empty() && !moves(m->revert, name))
        lacking.push_back(fmt::format("{}: alter table {} set schema {};", m->revert_file,
                                      postgres::quote_identifier(TableName{project.retired_schema, name}),
                                      postgres::quote_identifier(part.table.schema)));
    }
  }
  return lacking;
}

EventTable at(const EventTable& declared, const Located& located) {
  auto table = declared;
  table.declared_schema = declared.table.schema;
  table.table = located.info.table;
  return table;
}

}  // namespace ctl
