#include "kafka/trouble.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace ctl::kafka {
namespace {

std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? text : text.substr(at + mark.size());
}
std::string_view before(std::string_view text, std::string_view mark) { return text.substr(0, std::min(text.find(mark), text.size())); }

std::vector<std::string> bootstrap(const Settings& settings) {
  auto servers = split(settings.brokers, ',');
  for (auto& server : servers) server = after(server, "://");
  return servers;
}

std::string with_origin(std::string_view server, const Settings& settings) {
  return settings.origin.empty() ? std::string{server} : fmt::format("{} ({})", server, settings.origin);
}

}  // namespace

std::string address(const Settings& settings) { return with_origin(settings.brokers, settings); }

void Trouble::add(Kind kind, std::string_view reason) {
  const auto node = after(before(reason, ": "), "://");
  const auto slash = node.rfind('/');
  if (node.size() == reason.size() || slash == std::string_view::npos) return;  // about no broker in particular ("1/1 brokers are down")
  auto words = before(after(reason, ": "), " (after ");
  if (words.find("Connection refused") != std::string_view::npos) kind = Kind::refused;
  for (const std::string_view detour : {" failed: ", "': "})  // "Connect to ADDRESS failed: …", "Failed to resolve 'NAME': …"
    words = after(words, detour);
  reasons_[std::string{node.substr(0, slash)}] = {kind, std::string{node.substr(slash + 1)}, std::string{words}};
}

bool Trouble::denied() const {
  return std::any_of(reasons_.begin(), reasons_.end(), [](const auto& reason) { return reason.second.kind == Kind::denied; });
}

bool Trouble::hopeless(const Settings& settings) const {
  const auto servers = bootstrap(settings);
  return std::any_of(reasons_.begin(), reasons_.end(),
                     [](const auto& reason) { return reason.second.kind == Kind::unresolved && reason.second.id != "bootstrap"; }) ||
         std::all_of(servers.begin(), servers.end(), [&](const auto& server) {
           const auto found = reasons_.find(server.find(':') == std::string::npos ? server + ":9092" : server);
           return found != reasons_.end() && found->second.kind != Kind::other;
         });
}

std::optional<Error> Trouble::sentence(const Settings& settings) const {
  const auto servers = bootstrap(settings);
  const auto is_bootstrap = [&](const auto& reason) {
    return reason.second.id == "bootstrap" || std::find(servers.begin(), servers.end(), reason.first) != servers.end();
  };
  const auto advertised = std::find_if_not(reasons_.begin(), reasons_.end(), is_bootstrap);
  const auto found = advertised != reasons_.end() ? advertised : reasons_.begin();
  if (found == reasons_.end()) return std::nullopt;

  const auto& [node, reason] = *found;
  if (advertised == reasons_.end()) {
    const auto where = with_origin(node, settings);
    switch (reason.kind) {
      case Kind::refused:
        return Error{
            Code::unreachable,
            {.what = "connection refused at " + where, .cause = reason.words, .hint = "start Kafka, or give its address with --brokers"}};
      case Kind::unresolved:
        return Error{Code::unreachable,
                     {.what = where + " does not resolve", .cause = reason.words, .hint = "give Kafka's address with --brokers"}};
      case Kind::denied: return Error{Code::denied, {.what = "Kafka at " + where + " refuses the credentials", .cause = reason.words}};
      case Kind::other: return Error{Code::unreachable, {.what = "no connection to Kafka at " + where, .cause = reason.words}};
    }
  }
  constexpr auto complaint = [](Kind kind) {
    switch (kind) {
      case Kind::refused: return "which refuses the connection";
      case Kind::unresolved: return "which does not resolve";
      case Kind::denied: return "which refuses the credentials";
      case Kind::other: break;
    }
    return "which cannot be reached";
  };
  return Error{reason.kind == Kind::denied ? Code::denied : Code::unreachable,
               {.what = fmt::format("bootstrap {} answers, but broker {} advertises {}, {}", settings.brokers, reason.id, node,
                                    complaint(reason.kind)),
                .cause = reason.words,
                .where = address(settings),
                .hint = "make " + node + " reachable from here, or correct advertised.listeners of the broker"}};
}

}  // namespace ctl::kafka
