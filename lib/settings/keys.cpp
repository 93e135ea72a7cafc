#include <array>

#include "settings/settings.hpp"

namespace ctl::settings {
namespace {

constexpr unsigned anywhere = Key::flag | Key::variable | Key::in_context | Key::at_top;
constexpr unsigned file_only = Key::in_context | Key::at_top;
using Kind = Key::Kind;

/// Every setting there is, in the order in which they are shown. The context itself is chosen before, see contexts.cpp.
constexpr std::array table{
    Key{"brokers", Kind::text, anywhere, "localhost:9092", "Kafka bootstrap servers, host:port,host:port"},
    Key{"database", Kind::secret_text, anywhere, "", "PostgreSQL, postgresql://user@host/name; the password belongs into ~/.pgpass"},
    Key{"connect_url", Kind::secret_text, anywhere, "http://localhost:8083", "Kafka Connect's REST interface"},
    Key{"kafka_properties", Kind::properties, Key::flag | file_only, "", "any properties of librdkafka"},
    Key{"kafka_cluster_id", Kind::text, file_only, "", "the cluster that must answer; another one is refused"},
    Key{"postgres_system_id", Kind::text, file_only, "", "the PostgreSQL system identifier that must answer; another one is refused"},
    Key{"protected", Kind::boolean, Key::in_context, "false", "the context must be named each time, and its name typed for what destroys"},
    Key{"quiet_for", Kind::duration, anywhere, "30s", "how long no row may have come in before the tables are fenced"},
    Key{"guard_recent", Kind::duration, file_only, "1h", "a topic with an event younger than this is not deleted"},
    Key{"finalize_after", Kind::duration, file_only, "0ms", "finalize waits this long after the proof (a protected context: 7d)"},
    Key{"timeout", Kind::duration, anywhere, "", "of a whole command; without it each command has its own"},
    Key{"output", Kind::output, Key::flag | Key::variable | Key::at_top, "table", "table, wide, json, yaml or name"},
};

}  // namespace

std::span<const Key> keys() noexcept { return table; }

std::string flag_of(const Key& key) {
  if (key.kind == Kind::properties) return "kafka-property";  // one a flag
  std::string name{key.name};
  for (auto& c : name)
    if (c == '_') c = '-';
  return name;
}

std::string variable_of(const Key& key, std::string_view prefix) {
  std::string name{key.name};
  for (auto& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return std::string{prefix} + name;
}

}  // namespace ctl::settings
