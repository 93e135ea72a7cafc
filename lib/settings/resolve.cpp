#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "settings/credentials.hpp"
#include "settings/layers.hpp"
#include "settings/libpq.hpp"

namespace ctl::settings {
namespace {

/// Turns what the layers chose into what it means, and says so when it means nothing.
class Resolver {
 public:
  explicit Resolver(const Given& given) : given_{given}, layers_{given} {}

  Settings resolve() {
    out_.context = layers_.context();
    show("context", out_.context);
    for (const auto& key : keys()) {
      if (key.name == "kafka_properties")
        kafka_properties(key);
      else if (key.name == "database")
        database(key);
      else if (const auto chosen = choose(key))
        take(key, *chosen);
    }
    for (auto& warning : layers_.unknown_variables()) out_.warnings.push_back(std::move(warning));
    for (auto& secret : layers_.take_secrets()) out_.secrets.push_back(std::move(secret));
    return std::move(out_);
  }

 private:
  std::optional<Chosen> choose(const Key& key) {
    if (auto said = layers_.said(key)) return said;
    if (const auto shared = given_.environment.find("KAFKA_BROKERS");
        key.name == "brokers" && shared != given_.environment.end() && !shared->second.empty())
      return Chosen{{shared->second, "KAFKA_BROKERS"}};
    const auto standard = key.name == "finalize_after" && out_.is_protected ? std::string{"7d"} : layers_.standard(key);
    return standard.empty() ? std::nullopt : std::optional{Chosen{{standard, "default"}}};
  }

  void take(const Key& key, const Chosen& chosen) {
    if (key.name == "connect_url") return connect_url(key, chosen);
    if (key.name == "brokers")
      out_.brokers = brokers(chosen);
    else if (key.name == "kafka_cluster_id")
      out_.kafka_cluster_id = chosen.text;
    else if (key.name == "postgres_system_id")
      out_.postgres_system_id = chosen.text;
    else if (key.name == "protected")
      out_.is_protected = chosen.text.value == "true";
    else if (key.name == "quiet_for")
      out_.quiet_for = duration(key, chosen);
    else if (key.name == "guard_recent")
      out_.guard_recent = duration(key, chosen);
    else if (key.name == "finalize_after")
      out_.finalize_after = duration(key, chosen);
    else if (key.name == "timeout")
      out_.timeout = duration(key, chosen);
    else if (key.name == "output")
      out_.output = output(chosen);
    show(key.name, chosen.text);
  }

  static Error wrong(const Chosen& chosen, std::string what, std::string hint) {
    return {chosen.blame, {.what = std::move(what), .where = chosen.text.origin, .hint = std::move(hint)}};
  }

  static std::chrono::milliseconds duration(const Key& key, const Chosen& chosen) {
    if (const auto duration = parse_duration(chosen.text.value)) return *duration;
    throw wrong(chosen, fmt::format("'{}' is '{}', it should be a duration", key.name, chosen.text.value), "such as 500ms, 30s, 5m, 7d");
  }

  static std::string output(const Chosen& chosen) {
    const std::vector<std::string> forms{"table", "wide", "json", "yaml", "name"};
    const auto& form = chosen.text.value;
    if (std::find(forms.begin(), forms.end(), form) != forms.end()) return form;
    throw wrong(chosen, fmt::format("'output' is '{}', it should be one of {}", form, join(forms, ", ")),
                did_you_mean(nearest(form, forms)));
  }

  static Text brokers(const Chosen& chosen) {
    if (is_url(chosen.text.value) || split(chosen.text.value, ',').empty())
      throw wrong(chosen, fmt::format("'brokers' is '{}', it should be host:port", chosen.text.value), "kafka-1:9092,kafka-2:9092");
    return chosen.text;
  }

  void connect_url(const Key& key, const Chosen& chosen) {
    auto url = split_url(chosen.text.value);
    if (!url.address.starts_with("http://") && !url.address.starts_with("https://"))
      throw wrong(chosen, fmt::format("'connect_url' is '{}', it should begin with http:// or https://", url.address),
                  "http://localhost:8083");
    out_.connect_url = {std::move(url.address), chosen.text.origin};
    out_.connect_user = std::move(url.user);
    show(key.name, out_.connect_url);
    out_.connect_password = password(key, chosen, std::move(url.password));
  }

  void database(const Key& key) {
    auto chosen = layers_.said(key);
    auto shared = libpq_variables(given_.environment);
    if (chosen)
      out_.forget = std::move(shared);
    else if (shared.empty())
      chosen = Chosen{{layers_.standard(key), "default"}};
    else
      chosen = Chosen{{libpq_conninfo(given_.environment, layers_.standard(key)), join(shared, ", ")}};

    auto parts = split_conninfo(chosen->text.value);
    if (!is_url(parts.address) && parts.address.find('=') == std::string::npos)
      throw wrong(*chosen, fmt::format("'database' is '{}', it should be a PostgreSQL URL", parts.address),
                  "postgresql://user@host:5432/database");
    out_.database = {std::move(parts.address), chosen->text.origin};
    show(key.name, out_.database);
    out_.database_password = password(key, *chosen, std::move(parts.password));
  }

  /// Where a password stood decides whether it may have been there at all.
  Secret password(const Key& key, const Chosen& chosen, Secret secret) {
    if (secret.empty()) return secret;
    const std::string place = key.name == "database" ? "~/.pgpass" : variable_of(key, given_.prefix);
    if (chosen.blame == Code::usage)
      throw Error{Code::usage,
                  {.what = fmt::format("--{} holds a password, and everybody on this machine can read command lines", flag_of(key)),
                   .hint = "put it into " + place}};
    if (chosen.in_clear)
      out_.warnings.push_back(
          fmt::format("{} holds a password in clear: put it into {}, or write ${{mykartctl:env:NAME}}", chosen.text.origin, place));
    out_.secrets.push_back(secret);
    show(fmt::format("{} password", key.name), {"***", chosen.text.origin}, true);
    return secret;
  }

  void kafka_properties(const Key& key) {
    for (const auto& [name, chosen] : layers_.properties(key)) {
      if (name == "bootstrap.servers" || name == "metadata.broker.list")
        throw wrong(chosen, "'" + name + "' is the setting 'brokers'", "write brokers");
      if (!is_sensitive(name)) {
        out_.kafka_properties.emplace(name, chosen.text.value);
        show(fmt::format("{}.{}", key.name, name), chosen.text);
        continue;
      }
      const auto reference = fmt::format("in {}: kafka_properties: {{{}: \"${{mykartctl:env:NAME}}\"}}", file_name, name);
      if (chosen.blame == Code::usage)
        throw Error{Code::usage,
                    {.what = fmt::format("--kafka-property {} is a secret, and everybody on this machine can read command lines", name),
                     .hint = reference}};
      if (chosen.in_clear) out_.warnings.push_back(fmt::format("{} holds a secret in clear: write {}", chosen.text.origin, reference));
      out_.secrets.emplace_back(chosen.text.value);
      out_.kafka_secrets.emplace(name, Secret{chosen.text.value});
      show(fmt::format("{}.{}", key.name, name), {"***", chosen.text.origin}, true);
    }
  }

  void show(std::string_view key, const Text& text, bool sensitive = false) {
    out_.shown.push_back({std::string{key}, text.value, text.origin, sensitive});
  }

  const Given& given_;
  Layers layers_;
  Settings out_{};
};

}  // namespace

Settings resolve(const Given& given) { return Resolver{given}.resolve(); }

}  // namespace ctl::settings
