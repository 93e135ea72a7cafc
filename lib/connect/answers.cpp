#include "connect/answers.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "value/fields.hpp"

namespace ctl::connect {
namespace {

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// An error body is {"error_code", "message"}; a proxy's or an extension's may be anything.
std::string message_of(const Answer& answer) {
  if (const auto parsed = attempt([&] { return parse_json(answer.body, "answer"); }); parsed && parsed->find("message") != nullptr)
    return parsed->text_or("message", "");
  constexpr std::size_t most = 500;
  return std::string{trim(std::string_view{answer.body}.substr(0, most))};
}

std::string part_text(const Value* part, std::string_view key) { return part == nullptr ? std::string{} : part->text_or(key, ""); }

}  // namespace

// 409 means two things: "try again" while the workers rebalance, and "already exists"; only the message tells (KAFKA-3673). When the
// rebalance is noticed as the request is begun, the same is said with 500 (DistributedHerder's RebalanceNeededException).
void refuse(const Answer& answer, const std::string& doing, const std::string& place) {
  const auto message = message_of(answer);
  const auto lower = [&] {
    std::string text = message;
    for (auto& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  }();
  Error::Text text{.what = fmt::format("{} failed: HTTP {}", doing, answer.status), .cause = message, .where = place};
  if ((answer.status == 409 || answer.status == 500) &&
      (contains(lower, "rebalance") || contains(lower, "stale configuration") || contains(lower, "no known leader"))) {
    text.what = doing + " failed: the Connect workers are rebalancing";
    throw Transient{Code::unreachable, text};
  }
  if (answer.status == 500 && message.starts_with("Request timed out")) throw TimedOut{Code::timeout, text};
  if (answer.status >= 502 && answer.status <= 504) throw Transient{Code::unreachable, text};
  if (answer.status == 401 || answer.status == 403) {
    text.hint = "the worker asks for a user and a password";
    throw Error{Code::denied, text};
  }
  if (answer.status == 404) throw Error{Code::not_found, text};
  throw Error{answer.status == 400 || answer.status == 409 ? Code::refused : Code::failed, text};
}

Config read_config(const Value& map) {
  Config config;
  if (map.map() != nullptr)
    for (const auto& member : *map.map())
      if (const auto text = scalar_text(member.value); text && member.key != "name") config[member.key] = *text;
  return config;
}

Status read_status(const Value& answer) {
  const auto* connector = answer.find("connector");
  Status status{.name = answer.text_or("name", ""),
                .state = run_state(part_text(connector, "state")),
                .worker = part_text(connector, "worker_id"),
                .cause = last_cause(part_text(connector, "trace"))};
  if (const auto* tasks = answer.find("tasks"); tasks != nullptr && tasks->list() != nullptr)
    for (const auto& task : *tasks->list())
      status.tasks.push_back({.id = static_cast<int>(task.integer_or("id", 0)),
                              .state = run_state(task.text_or("state", "")),
                              .worker = task.text_or("worker_id", ""),
                              .cause = last_cause(task.text_or("trace", ""))});
  return status;
}

std::map<std::string, std::vector<std::string>> read_complaints(const Value& validation) {
  std::map<std::string, std::vector<std::string>> complaints;
  const auto* configs = validation.find("configs");
  if (configs == nullptr || configs->list() == nullptr) return complaints;
  for (const auto& entry : *configs->list()) {
    const auto* value = entry.find("value");  // null for a key that only an older plugin has (seen with Connect 4.3)
    const auto* errors = value == nullptr ? nullptr : value->find("errors");
    if (errors == nullptr || errors->list() == nullptr) continue;
    for (const auto& error : *errors->list()) {
      auto& of_key = complaints[value->text_or("name", "")];
      if (error.text() != nullptr && (of_key.empty() || of_key.back() != *error.text()))
        of_key.push_back(*error.text());  // each comes twice
    }
  }
  std::erase_if(complaints, [](const auto& entry) { return entry.second.empty(); });
  return complaints;
}

std::string last_cause(std::string_view trace) {
  constexpr std::string_view mark = "Caused by: ";
  auto begin = trace.rfind("\n" + std::string{mark});
  begin = begin == std::string_view::npos ? 0 : begin + 1 + mark.size();
  const auto line = trace.substr(begin);
  return std::string{trim(line.substr(0, line.find('\n')))};
}

}  // namespace ctl::connect
