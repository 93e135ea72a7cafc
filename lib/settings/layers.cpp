#include "settings/layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/file.hpp"
#include "core/text.hpp"
#include "settings/credentials.hpp"
#include "settings/locate.hpp"

namespace ctl::settings {

Layers::Layers(const Given& given) : given_{given}, folder_{folder_with(file_name, given).value_or(given.folder)} {
  if (const auto text = read_file_if(path_in(folder_, file_name))) {
    Problems problems;
    file_ = read_context_file(*text, std::string{file_name}, problems);
    if (has_errors(problems)) fail(problems, Code::config);
  }
  choose_context();
}

void Layers::choose_context() {
  const auto flag = flags("context");
  const auto named = variable(given_.environment, given_.prefix + "CONTEXT");
  if (!flag.empty())
    context_name_ = {flag.back(), "flag --context"};
  else if (!named.empty())
    context_name_ = {named, given_.prefix + "CONTEXT"};
  else if (file_.default_context)
    context_name_ = {file_.default_context->text, to_string(file_.default_context->at)};
  else
    context_name_ = {"localhost", "default"};
  if (context_name_.origin == "default") return;

  if (const auto found = file_.contexts.find(context_name_.value); found != file_.contexts.end()) {
    context_ = &found->second;
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, layer] : file_.contexts) names.push_back(name);
  const auto near = nearest(context_name_.value, names);
  throw Error{Code::config,
              {.what = fmt::format("there is no context '{}' in {}", context_name_.value, path_in(folder_, file_name)),
               .cause = names.empty() ? "it has no contexts" : "it has " + join(names, ", "),
               .where = context_name_.origin,
               .hint = near ? "--context " + *near : ""}};
}

std::vector<std::string> Layers::flags(std::string_view name) const {
  const auto found = given_.flags.find(name);
  return found == given_.flags.end() ? std::vector<std::string>{} : found->second;
}

Chosen Layers::written(const Written& from) {
  auto expanded = expand(from.text, given_.environment, folder_, to_string(from.at));
  const bool in_clear = expanded.secrets.empty();
  std::move(expanded.secrets.begin(), expanded.secrets.end(), std::back_inserter(secrets_));
  return {{std::move(expanded.text), to_string(from.at)}, Code::config, in_clear};
}

std::optional<Chosen> Layers::said(const Key& key) {
  if ((key.places & Key::flag) != 0)
    if (const auto given = flags(flag_of(key)); !given.empty()) return Chosen{{given.back(), "flag --" + flag_of(key)}, Code::usage};
  if (const auto name = variable_of(key, given_.prefix); (key.places & Key::variable) != 0)
    if (Text text{variable(given_.environment, name), name}; !text.value.empty()) {
      refuse_contradiction(key, text);
      return Chosen{std::move(text)};
    }
  for (const auto* layer : {context_, static_cast<const Layer*>(&file_.top)})
    if (layer != nullptr)
      if (const auto found = layer->values.find(key.name); found != layer->values.end()) return written(found->second);
  return std::nullopt;
}

std::map<std::string, Chosen> Layers::properties(const Key& key) {
  std::map<std::string, Chosen> chosen;
  for (const auto* layer : {static_cast<const Layer*>(&file_.top), context_})
    if (layer != nullptr)
      for (const auto& [name, value] : layer->properties) chosen[name] = written(value);
  for (const auto& flag : flags(flag_of(key))) {
    const auto equals = flag.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error{Code::usage,
                  {.what = "--kafka-property needs KEY=VALUE", .cause = "found '" + flag + "'", .hint = "--kafka-property client.id=ops"}};
    chosen[flag.substr(0, equals)] = Chosen{{flag.substr(equals + 1), "flag --" + flag_of(key)}, Code::usage};
  }
  return chosen;
}

/// A variable of the tool beside a context that was named on the command line: two systems were meant, and nobody can say which.
void Layers::refuse_contradiction(const Key& key, const Text& by_variable) {
  const bool connection = key.name == "brokers" || key.name == "database" || key.name == "connect_url";
  if (!connection || context_ == nullptr || context_name_.origin != "flag --context") return;
  const auto found = context_->values.find(key.name);
  if (found == context_->values.end()) return;
  const auto by_context = written(found->second).text;
  const auto here = split_conninfo(by_variable.value).address, there = split_conninfo(by_context.value).address;
  if (here == there) return;
  throw Error{Code::config,
              {.what = fmt::format("{} contradicts the context '{}'", by_variable.origin, context_name_.value),
               .cause = fmt::format("{} says {}\n{} says {}", by_variable.origin, here, by_context.origin, there),
               .where = by_context.origin,
               .hint = fmt::format("unset {}, or say --{} as well", by_variable.origin, flag_of(key))}};
}

std::string Layers::standard(const Key& key) const {
  const auto given = given_.defaults.find(key.name);
  return given == given_.defaults.end() ? std::string{key.standard} : given->second;
}

std::vector<std::string> Layers::unknown_variables() const {
  std::vector<std::string> known{given_.prefix + "CONTEXT", given_.prefix + "PROJECT"}, warnings;
  for (const auto& key : keys())
    if ((key.places & Key::variable) != 0) known.push_back(variable_of(key, given_.prefix));
  for (auto at = given_.environment.lower_bound(given_.prefix); at != given_.environment.end() && at->first.starts_with(given_.prefix);
       ++at) {
    if (std::find(known.begin(), known.end(), at->first) != known.end()) continue;
    const auto near = nearest(at->first, known);
    warnings.push_back(fmt::format("the variable {} means nothing here{}", at->first, near ? ", did you mean " + *near + "?" : ""));
  }
  return warnings;
}

}  // namespace ctl::settings
