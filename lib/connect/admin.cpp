#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "connect/worker_impl.hpp"

namespace ctl::connect {
void Worker::Impl::write(const Request& request, const std::function<bool()>& done, const Deadline& until) {
  bool in_doubt = false;
  retry(until, Backoff{}, to, is_transient, [&] {
    if (in_doubt && done()) return;
    try {
      static_cast<void>(once(request, until));
    } catch (const TimedOut&) {
      in_doubt = true;
      throw;
    }
  });
}

namespace {

/// For what may simply be asked for twice.
bool never() { return false; }

std::string describe(const Status& status) {
  auto text = std::string{to_string(status.state)};
  for (const auto& task : status.tasks) text += fmt::format(", task {} {}", task.id, to_string(task.state));
  return text;
}

bool all_tasks(const Status& status, State state) {
  return std::all_of(status.tasks.begin(), status.tasks.end(), [&](const Task& task) { return task.state == state; });
}

/// The state that a request asks for arrives later, through a topic. `failing` says that FAILED is an end too: one that lasts for three
/// looks, because the first may still be that of before.
void await(Worker& worker, std::string_view name, std::string_view wanted, bool failing, const std::function<bool(const Status&)>& arrived,
           const Deadline& until) {
  std::string seen = "not there yet";
  const auto check = [&] { until.check(fmt::format("waiting until connector {} is {} (it is {})", name, wanted, seen)); };
  for (int failures = 0;;) {
    const auto status = attempt([&] { return worker.status(name, until); });
    if (!status && until.over()) check();
    if (!status && status.error().code() != Code::not_found) throw Error{status.error()};
    if (status) {
      if (arrived(*status)) return;
      seen = describe(*status);
      const auto* cause = status->failure();
      failures = cause == nullptr ? 0 : failures + 1;
      if (failing && failures == 3)
        throw Error{Code::failed, {.what = fmt::format("connector {} failed: {}", name, seen), .cause = *cause}};
    }
    until.sleep(200ms);
    check();
  }
}

void read_back(Worker& worker, std::string_view name, const Config& config, const Deadline& until) {
  for (const auto enough = until.within(10s);;) {
    if (worker.find(name, until) == config) return;
    if (enough.over()) break;
    until.sleep(200ms);
    until.check(fmt::format("reading back the config of connector {}", name));
  }
  throw Error{Code::mismatch, {.what = fmt::format("the worker keeps another config of connector {} than it was given", name)}};
}

}  // namespace

void Admin::check(std::string_view name, const Config& config, const Deadline& until) {
  std::string lines;
  for (const auto& [key, of_key] : worker_.validate(name, config, until))
    for (const auto& complaint : of_key) lines += fmt::format("{}{}: {}", lines.empty() ? "" : "\n", key, complaint);
  if (!lines.empty())
    throw Error{
        Code::refused,
        {.what = fmt::format("the plugin refuses the config of connector {}", name), .cause = lines, .where = worker_.impl_->http.place()}};
}

/// The plugin's complaints in place of the worker's own answer, which says how many there are or, in 4.3, shows a NullPointerException.
void Admin::write_config(const Request& request, std::string_view name, const Config& config, const Deadline& until) {
  try {
    worker_.impl_->write(
        request, [&] { return worker_.find(name, until) == config; }, until);
  } catch (const Error& e) {
    if (e.code() != Code::refused && e.code() != Code::failed) throw;
    const auto judged = attempt([&] { check(name, config, until); });
    if (!judged && judged.error().code() == Code::refused) throw Error{judged.error()};
    throw;
  }
  read_back(worker_, name, config, until);
}

void Admin::put(std::string_view name, const Config& config, const Deadline& until) {
  if (worker_.find(name, until) == config) return;
  const auto doing = fmt::format("writing the config of connector {}", name);
  write_config({doing, "PUT", connector_path(name, "/config"), to_json(to_value(config))}, name, config, until);
}

void Admin::create(std::string_view name, const Config& config, State initial, const Deadline& until) {
  Value body;
  body.set("name", name).set("config", to_value(config)).set("initial_state", to_string(initial));
  write_config({fmt::format("creating connector {}", name), "POST", "/connectors", to_json(body)}, name, config, until);
  await(
      worker_, name, "reported", false, [](const Status&) { return true; }, until);
}

void Admin::stop(std::string_view name, const Deadline& until) {
  const auto stopped = [](const Status& status) { return status.state == State::stopped && status.tasks.empty(); };
  worker_.impl_->write(
      {fmt::format("stopping connector {}", name), "PUT", connector_path(name, "/stop"), {}},
      [&] { return stopped(worker_.status(name, until)); }, until);
  await(worker_, name, "STOPPED without a task", false, stopped, until);
}

void Admin::pause(std::string_view name, const Deadline& until) {
  const auto paused = [](const Status& status) { return status.state == State::paused && all_tasks(status, State::paused); };
  worker_.impl_->write(
      {fmt::format("pausing connector {}", name), "PUT", connector_path(name, "/pause"), {}},
      [&] { return paused(worker_.status(name, until)); }, until);
  await(worker_, name, "PAUSED", true, paused, until);
}

void Admin::resume(std::string_view name, const Deadline& until) {
  const auto runs = [](const Status& status) {
    return status.state == State::running && status.running() > 0 && all_tasks(status, State::running);
  };
  worker_.impl_->write(
      {fmt::format("resuming connector {}", name), "PUT", connector_path(name, "/resume"), {}},
      [&] { return runs(worker_.status(name, until)); }, until);
  await(worker_, name, "RUNNING with a task", true, runs, until);
}

void Admin::restart(std::string_view name, bool only_failed, const Deadline& until) {
  const auto path = connector_path(name, fmt::format("/restart?includeTasks=true&onlyFailed={}", only_failed));
  worker_.impl_->write({fmt::format("restarting connector {}", name), "POST", path, {}}, never, until);
}

void Admin::restart_task(std::string_view name, int task, const Deadline& until) {
  worker_.impl_->write({fmt::format("restarting task {} of connector {}", task, name),
                        "POST",
                        connector_path(name, fmt::format("/tasks/{}/restart", task)),
                        {}},
                       never, until);
}

void Admin::remove(std::string_view name, const Deadline& until) {
  try {
    worker_.impl_->write(
        {fmt::format("deleting connector {}", name), "DELETE", connector_path(name), {}}, [&] { return !worker_.find(name, until); },
        until);
  } catch (const Error& e) {
    if (e.code() != Code::not_found) throw;
  }
}

void Admin::reset_offsets(std::string_view name, const Deadline& until) {
  worker_.impl_->write({fmt::format("resetting the offsets of connector {}", name), "DELETE", connector_path(name, "/offsets"), {}}, never,
                       until);
}

}  // namespace ctl::connect
