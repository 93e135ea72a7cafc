#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connect/worker_impl.hpp"

namespace ctl::connect {

std::string connector_path(std::string_view name, std::string_view rest) {
  return fmt::format("/connectors/{}{}", encode_segment(name), rest);
}

Value Worker::Impl::once(const Request& request, const Deadline& until) {
  const auto answer = http.send(request.method, request.path, request.json, until);
  if (answer.status >= 400) refuse(answer, request.doing, http.place());
  if (answer.body.empty()) return {};
  return parse_json(answer.body, http.url().base + request.path);
}

Value Worker::Impl::ask(const Request& request, const Deadline& until) {
  return retry(until, Backoff{}, to, is_transient, [&] { return once(request, until); });
}

Worker::Worker(Url url, Listener& to) : impl_{std::make_unique<Impl>(std::move(url), to)} {}
Worker::~Worker() = default;

const Url& Worker::url() const noexcept { return impl_->http.url(); }

std::string_view to_string(Health health) {
  constexpr std::array<std::string_view, 4> names{"healthy", "starting", "unhealthy", "unknown"};
  return names[static_cast<std::size_t>(health)];
}

Root Worker::root(const Deadline& until) {
  const auto answer = impl_->get("asking the Connect worker for its version", "/", until);
  return {.version = answer.text_or("version", ""), .kafka_cluster_id = answer.text_or("kafka_cluster_id", "")};
}

Health Worker::health(const Deadline& until) {
  switch (impl_->http.send("GET", "/health", std::nullopt, until).status) {
    case 200: return Health::healthy;
    case 503: return Health::starting;
    case 500: return Health::unhealthy;
    default: return Health::unknown;
  }
}

std::vector<Plugin> Worker::plugins(const Deadline& until) {
  const auto answer = impl_->get("listing the connector plugins", "/connector-plugins", until);
  std::vector<Plugin> plugins;
  if (answer.list() != nullptr)
    for (const auto& plugin : *answer.list())
      plugins.push_back(
          {.name = plugin.text_or("class", ""), .type = plugin.text_or("type", ""), .version = plugin.text_or("version", "")});
  return plugins;
}

std::vector<std::string> Worker::connectors(const Deadline& until) {
  const auto answer = impl_->get("listing the connectors", "/connectors", until);
  std::vector<std::string> names;
  if (answer.list() != nullptr)
    for (const auto& name : *answer.list())
      if (name.text() != nullptr) names.push_back(*name.text());
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, Config> Worker::configs(const Deadline& until) {
  const auto answer = impl_->get("reading the connectors' configs", "/connectors?expand=info", until);
  std::map<std::string, Config> configs;
  if (answer.map() != nullptr)
    for (const auto& member : *answer.map())
      if (const auto* info = member.value.find("info"); info != nullptr && info->find("config") != nullptr)
        configs[member.key] = read_config(*info->find("config"));
  return configs;
}

std::map<std::string, Status> Worker::statuses(const Deadline& until) {
  const auto answer = impl_->get("reading the connectors' states", "/connectors?expand=status", until);
  std::map<std::string, Status> statuses;
  if (answer.map() != nullptr)
    for (const auto& member : *answer.map())
      if (const auto* status = member.value.find("status")) statuses[member.key] = read_status(*status);
  return statuses;
}

Config Worker::config(std::string_view name, const Deadline& until) {
  return read_config(impl_->get(fmt::format("reading the config of connector {}", name), connector_path(name, "/config"), until));
}

std::optional<Config> Worker::find(std::string_view name, const Deadline& until) {
  try {
    return config(name, until);
  } catch (const Error& e) {
    if (e.code() == Code::not_found) return std::nullopt;
    throw;
  }
}

Status Worker::status(std::string_view name, const Deadline& until) {
  return read_status(impl_->get(fmt::format("reading the state of connector {}", name), connector_path(name, "/status"), until));
}

Value Worker::offsets(std::string_view name, const Deadline& until) {
  const auto answer = impl_->get(fmt::format("reading the offsets of connector {}", name), connector_path(name, "/offsets"), until);
  const auto* offsets = answer.find("offsets");
  return offsets == nullptr ? Value{Value::List{}} : *offsets;
}

Value Worker::validation(std::string_view name, const Config& config, const Deadline& until) {
  const auto plugin = config.find("connector.class");
  if (plugin == config.end()) throw Error{Code::refused, {.what = fmt::format("the config of connector {} has no connector.class", name)}};
  auto body = to_value(config);
  body.set("name", name);  // the plugin wants to see it, though the path of a connector has it already
  return impl_->ask({.doing = fmt::format("asking {} to judge the config of connector {}", plugin->second, name),
                     .method = "PUT",
                     .path = fmt::format("/connector-plugins/{}/config/validate", encode_segment(plugin->second)),
                     .json = to_json(body)},
                    until);
}

std::map<std::string, std::vector<std::string>> Worker::validate(std::string_view name, const Config& config, const Deadline& until) {
  return read_complaints(validation(name, config, until));
}

Value to_value(const Config& config) {
  Value value{Value::Map{}};
  for (const auto& [key, text] : config) value.set(key, text);
  return value;
}

}  // namespace ctl::connect
