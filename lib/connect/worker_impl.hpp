#pragma once
#include <functional>

#include "connect/answers.hpp"
#include "core/retry.hpp"

/// Private to this room: what Worker and Admin share.
namespace ctl::connect {

struct Request {
  std::string doing{};  ///< "pausing connector shop", for messages
  const char* method{"GET"};
  std::string path{};
  std::optional<std::string> json{};
};

struct Worker::Impl {
  Impl(Url url, Listener& listener) : http{std::move(url)}, to{listener} {}

  Value once(const Request&, const Deadline&);
  Value ask(const Request&, const Deadline&);  ///< again while the answer is Transient
  Value get(std::string doing, std::string path, const Deadline& until) {
    return ask({std::move(doing), "GET", std::move(path), {}}, until);
  }
  /// A request that changes something: what the worker did not finish in its own time is repeated only after `done` has looked and said no.
  void write(const Request&, const std::function<bool()>& done, const Deadline&);

  Http http;
  Listener& to;
};

[[nodiscard]] inline bool is_transient(const Error& e) { return dynamic_cast<const Transient*>(&e) != nullptr; }
[[nodiscard]] std::string connector_path(std::string_view name, std::string_view rest = {});
[[nodiscard]] Value to_value(const Config&);

}  // namespace ctl::connect
