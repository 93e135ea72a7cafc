#include "support/fake_worker.hpp"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

struct FakeWorker::Impl {
  httplib::Server server{};
  int port{};
  std::thread thread{};
  mutable std::mutex mutex{};
  std::map<std::string, std::size_t> served{};
  std::vector<std::pair<std::string, std::string>> log{};  // request, body
};

FakeWorker::FakeWorker() : impl_{std::make_unique<Impl>()} {
  const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
    const auto asked = request.method + " " + request.target;
    Answer answer{404, R"({"error_code":404,"message":"no such thing"})", 0};
    {
      const std::lock_guard lock{impl_->mutex};
      impl_->log.emplace_back(asked, request.body);
      if (const auto found = answers.find(asked); found != answers.end())
        answer = found->second.at(std::min(impl_->served[asked]++, found->second.size() - 1));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{answer.delay_ms});
    response.status = answer.status;
    response.set_content(answer.body, "application/json");
  };
  impl_->server.Get(".*", serve);
  impl_->server.Put(".*", serve);
  impl_->server.Post(".*", serve);
  impl_->server.Delete(".*", serve);
  impl_->port = impl_->server.bind_to_any_port("127.0.0.1");
  impl_->thread = std::thread{[this] { impl_->server.listen_after_bind(); }};
  while (!impl_->server.is_running()) std::this_thread::yield();
}

FakeWorker::~FakeWorker() {
  impl_->server.stop();
  impl_->thread.join();
}

std::string FakeWorker::url() const { return "http://127.0.0.1:" + std::to_string(impl_->port); }

std::vector<std::string> FakeWorker::requests() const {
  const std::lock_guard lock{impl_->mutex};
  std::vector<std::string> all;
  for (const auto& [request, body] : impl_->log) all.push_back(request);
  return all;
}

std::vector<std::string> FakeWorker::bodies(const std::string& request) const {
  const std::lock_guard lock{impl_->mutex};
  std::vector<std::string> found;
  for (const auto& [asked, body] : impl_->log)
    if (asked == request) found.push_back(body);
  return found;
}

std::string FakeWorker::status(const std::string& connector, const std::string& task, const std::string& trace) {
  const auto of_task = task.empty() ? "" : R"({"id":0,"worker_id":"w:1","state":")" + task + R"(","trace":")" + trace + R"("})";
  return R"({"name":"shop","connector":{"state":")" + connector + R"(","worker_id":"w:1"},"tasks":[)" + of_task + R"(],"type":"source"})";
}
