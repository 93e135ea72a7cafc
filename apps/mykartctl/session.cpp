#include "session.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "core/file.hpp"
#include "manifest/manifest.hpp"
#include "versions.hpp"

namespace ctl::cli {
namespace {

Deadline deadline_of(const Arguments& typed, const settings::Settings& settings, SignalWatch& signals) {
  const auto time = settings.timeout.value_or(typed.command->timeout);
  if (time.count() == 0) return Deadline::none(signals.token());
  signals.end_by(time);
  return {time, signals.token()};
}

std::string read_stdin() {
  std::string text(64 * 1024, '\0');
  std::size_t size = 0;
  for (;;) {
    const auto got = ::read(STDIN_FILENO, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
    if (size == text.size()) text.resize(2 * size);
  }
  text.resize(size);
  return text;
}

std::string user_name() {
  const auto* user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : std::to_string(::geteuid());
}

std::string host_name() {
  char name[HOST_NAME_MAX + 1]{};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

}  // namespace

std::string read_input(const std::string& file) {
  if (file == "-") return read_stdin();
  if (auto text = read_file_if(file)) return std::move(*text);
  throw Error{Code::usage, {.what = "--file: there is no file " + file}};
}

settings::Given given(const Arguments& typed, settings::Environment environment) {
  char folder[PATH_MAX]{};
  if (::getcwd(folder, sizeof folder) == nullptr)
    throw Error{Code::config, {.what = "the working folder cannot be read", .hint = "cd to a folder that exists"}};
  return {.prefix = "MYKART_",
          .flags = typed.options,
          .environment = std::move(environment),
          .folder = folder,
          .defaults = {{"database", "postgresql://admin@localhost/mykart"}}};
}

Session::Session(Arguments arguments, settings::Given given, settings::Settings settings, render::Output& out, SignalWatch& signals)
    : arguments_{std::move(arguments)},
      given_{std::move(given)},
      settings_{std::move(settings)},
      out_{out},
      signals_{signals},
      deadline_{deadline_of(arguments_, settings_, signals)} {
  for (const auto& secret : settings_.secrets) out_.hide(secret);
  out_.context(settings_.context.value);
}

const Project& Session::project() {
  if (!project_) project_ = manifest::load(folder());
  return *project_;
}

void Session::read_connector_files() {
  const auto& files = arguments_.texts("file");
  if (files.empty()) return;
  Problems problems;
  std::vector<ConnectorSpec> connectors;
  for (const auto& file : files) connectors.push_back(manifest::read_connector(read_input(file), file, problems));
  if (has_errors(problems)) ctl::fail(problems);
  static_cast<void>(project());
  project_->connectors = std::move(connectors);
}

kafka::Settings Session::kafka() const {
  return {.brokers = settings_.brokers.value,
          .properties = settings_.kafka_properties,
          .secrets = settings_.kafka_secrets,
          .origin = settings_.brokers.origin};
}

const Surroundings& Session::around() {
  if (!around_)
    around_.emplace(Surroundings{.project = project(),
                                 .database = {.conninfo = settings_.database.value,
                                              .password = settings_.database_password,
                                              .application_name = "mykartctl",
                                              .origin = settings_.database.origin},
                                 .kafka = kafka(),
                                 .connect = {.base = settings_.connect_url.value,
                                             .user = settings_.connect_user,
                                             .password = settings_.connect_password,
                                             .origin = settings_.connect_url.origin},
                                 .listener = listener(),
                                 .context = settings_.context.value,
                                 .is_protected = settings_.is_protected,
                                 .pinned_cluster_id = settings_.kafka_cluster_id.value,
                                 .pinned_system_id = settings_.postgres_system_id.value,
                                 .quiet_for = settings_.quiet_for,
                                 .who = user_name(),
                                 .host = host_name(),
                                 .version = std::string{tool_version()},
                                 .pid = ::getpid(),
                                 .environment = {given_.environment.begin(), given_.environment.end()}});
  return *around_;
}

}  // namespace ctl::cli
