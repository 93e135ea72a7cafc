#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "value/report.hpp"

/// Room settings: which servers, which limits, which form of output, and where each value came from. The only room that reads the
/// environment of the process. Opens no connection; knows neither topics.yaml nor any client.
///
/// Order, the first that says something wins: flag, variable with the tool's prefix, context, top of mykartctl.yaml, the variables that
/// others use too (KAFKA_BROKERS, libpq's PG*), default. The shared variables steer the application as well: above a named context they
/// would join one system's database to another one's Kafka.
namespace ctl::settings {

using Environment = std::map<std::string, std::string, std::less<>>;

/// What the process was started with.
struct Given {
  std::string prefix{};  ///< of the tool's own variables: "SHOP_"
  std::map<std::string, std::vector<std::string>, std::less<>>
      flags{};  ///< by name without dashes, as typed; only those that are settings count
  Environment environment{};
  std::string folder{};                                        ///< the working folder
  std::map<std::string, std::string, std::less<>> defaults{};  ///< key -> default, over the table's: names of a system are not in lib
};

/// A value and, for messages, where it came from: "flag --brokers", "SHOP_BROKERS", "mykartctl.yaml:4:13", "default".
struct Text {
  std::string value{}, origin{};
};

struct Settings {
  Text context{};  ///< its name; "localhost" if none is named and none is the default
  bool is_protected{};
  Text brokers{};
  Text database{};  ///< conninfo as libpq takes it, without the password
  Secret database_password{};
  Text connect_url{};  ///< without user and password, no '/' at the end
  std::string connect_user{};
  Secret connect_password{};
  std::map<std::string, std::string> kafka_properties{};  ///< of librdkafka
  std::map<std::string, Secret> kafka_secrets{};          ///< those that must not be printed
  Text kafka_cluster_id{}, postgres_system_id{};          ///< pinned identities; "" if not pinned
  std::string output{};
  std::optional<std::chrono::milliseconds> timeout{};  ///< none: the command's own
  std::chrono::milliseconds quiet_for{}, finalize_after{}, guard_recent{};

  std::vector<std::string> warnings{};
  std::vector<Secret> secrets{};      ///< everything that output has to mask
  std::vector<std::string> forget{};  ///< PG* variables that would override parts of the database that was named: pass them to forget()
  struct Shown {
    std::string key{}, value{}, origin{};
    bool sensitive{};
  };
  std::vector<Shown> shown{};  ///< every key with a value, in the order of the table
};

/// Throws Error{usage} for a flag, Error{config} for anything else; a bad value is reported with its origin.
[[nodiscard]] Settings resolve(const Given&);

/// `config show`: KEY VALUE, and ORIGIN if asked for.
[[nodiscard]] Report report(const Settings&, bool origin);

/// The folder with topics.yaml: what -C or the variable PREFIX_PROJECT says, else the working folder or the nearest one above, not beyond
/// the root of the git repository. Throws Error{manifest} that says where it looked.
[[nodiscard]] std::string project_folder(const Given&);

/// One setting: its key in mykartctl.yaml, its flag (--connect-url) and its variable (PREFIX_CONNECT_URL) are spelled from its name.
struct Key {
  enum Place : unsigned { flag = 1, variable = 2, in_context = 4, at_top = 8 };
  enum class Kind : unsigned char { text, secret_text, duration, boolean, output, properties };
  std::string_view name{};
  Kind kind{};
  unsigned places{};
  std::string_view standard{};  ///< "" has none, or apps gives it
  std::string_view help{};
};
[[nodiscard]] std::span<const Key> keys() noexcept;
[[nodiscard]] std::string flag_of(const Key&);                               ///< "connect-url"
[[nodiscard]] std::string variable_of(const Key&, std::string_view prefix);  ///< "SHOP_CONNECT_URL"

[[nodiscard]] Environment read_environment();
/// Takes variables out of the environment of this process, for the C libraries. Before any thread that reads it is started.
void forget(std::span<const std::string> variables);

/// A text with ${mykartctl:env:NAME} and ${mykartctl:file:PATH} (relative to `folder`, without the newline at its end) replaced. Other ${…}
/// stay: they are somebody else's. Throws Error{config} that names the variable or file; `where` is the place of the text.
struct Expanded {
  std::string text{};
  std::vector<Secret> secrets{};  ///< what was put in
};
[[nodiscard]] Expanded expand(std::string_view text, const Environment&, std::string_view folder, const std::string& where);

}  // namespace ctl::settings
