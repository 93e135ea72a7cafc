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
  auto name = before(reason, ": ");
  std::string_view node, id;
  if (name == "TxnCoordinator" || name == "GroupCoordinator") {  // "TxnCoordinator: HOST:PORT: …", whichever broker that is
    node = name = before(after(reason, ": "), ": ");
  } else if (const auto slash = name.rfind('/'); slash != std::string_view::npos && name.size() < reason.size()) {
    node = after(name.substr(0, slash), "://");
    id = name.substr(slash + 1);
  } else {
    return;  // about no broker in particular ("1/1 brokers are down")
  }
  auto words = before(after(after(reason, name), ": "), " (after ");
  if (words.find("Connection refused") != std::string_view::npos) kind = Kind::refused;
  if (words.find("Invalid response size") != std::string_view::npos) kind = Kind::foreign;
  for (const std::string_view detour : {" failed: ", "': "})  // "Connect to ADDRESS failed: …", "Failed to resolve 'NAME': …"
    words = after(words, detour);
  reasons_[std::string{node}] = {kind, std::string{id}, std::string{words}, std::chrono::steady_clock::now()};
}

bool Trouble::denied() const {
  return std::any_of(reasons_.begin(), reasons_.end(), [](const auto& reason) { return reason.second.kind == Kind::denied; });
}

bool Trouble::is_bootstrap(const Settings& settings, const std::string& node, const Reason& reason) {
  const auto servers = bootstrap(settings);
  return reason.id == "bootstrap" || std::find(servers.begin(), servers.end(), node) != servers.end();
}

void Trouble::answered(const Settings& settings) {
  constexpr std::chrono::seconds repeated{40};  // librdkafka suppresses what it has said within 30 s
  const auto old = std::chrono::steady_clock::now() - repeated;
  std::erase_if(reasons_,
                [&](const auto& reason) { return is_bootstrap(settings, reason.first, reason.second) || reason.second.said < old; });
}

bool Trouble::hopeless(const Settings& settings, int brokers) const {
  const auto servers = bootstrap(settings);
  const auto lost = [](const Reason& reason) { return reason.kind != Kind::other; };
  const auto advertised = std::count_if(reasons_.begin(), reasons_.end(), [&](const auto& reason) {
    return !is_bootstrap(settings, reason.first, reason.second) && lost(reason.second);
  });
  return (brokers > 0 && advertised >= brokers) || std::all_of(servers.begin(), servers.end(), [&](const auto& server) {
           const auto found = reasons_.find(server.find(':') == std::string::npos ? server + ":9092" : server);
           return found != reasons_.end() && lost(found->second);
         });
}

std::optional<Error> Trouble::sentence(const Settings& settings) const {
  const auto advertised = std::find_if_not(reasons_.begin(), reasons_.end(),
                                           [&](const auto& reason) { return is_bootstrap(settings, reason.first, reason.second); });
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
      case Kind::foreign:
        return Error{Code::unreachable,
                     {.what = "what answers at " + where + " is not Kafka, or wants TLS",
                      .cause = reason.words,
                      .hint = "give Kafka's address with --brokers, or --kafka-property security.protocol=ssl"}};
      case Kind::other: return Error{Code::unreachable, {.what = "no connection to Kafka at " + where, .cause = reason.words}};
    }
  }
  constexpr auto complaint = [](Kind kind) {
    switch (kind) {
      case Kind::refused: return "which refuses the connection";
      case Kind::unresolved: return "which does not resolve";
      case Kind::denied: return "which refuses the credentials";
      case Kind::foreign: return "where something else than Kafka answers";
      case Kind::other: break;
    }
    return "which cannot be reached";
  };
  return Error{reason.kind == Kind::denied ? Code::denied : Code::unreachable,
               {.what = fmt::format("bootstrap {} answers, but {} advertises {}, {}", settings.brokers,
                                    reason.id.empty() ? "a broker" : "broker " + reason.id, node, complaint(reason.kind)),
                .cause = reason.words,
                .where = address(settings),
                .hint = "make " + node + " reachable from here, or correct advertised.listeners of the broker"}};
}

}  // namespace ctl::kafka
