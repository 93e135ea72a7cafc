#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connect/worker.hpp"

/// Private to this room: one HTTP conversation, and nothing of Connect in it.
namespace ctl::connect {

struct Answer {
  long status{};
  std::string body{};
};

class Http {
 public:
  explicit Http(Url);  ///< Error{config} for an address that is no http or https URL
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  /// One request. `path` begins with '/', its segments are encoded. Ends by the deadline, and within 100 ms of a stop. Throws
  /// Error{unreachable} with the origin of the address, Error{timeout | interrupted}, or Error{failed} for an answer of more than 32 MB.
  [[nodiscard]] Answer send(const char* method, const std::string& path, const std::optional<std::string>& json, const Deadline&);
  [[nodiscard]] const Url& url() const noexcept { return url_; }
  [[nodiscard]] std::string place() const;  ///< "http://localhost:8083 (default)"

 private:
  struct Impl;
  Url url_;
  std::unique_ptr<Impl> impl_;
};

/// Everything but letters, digits and -._~ as %XX: a connector's name may hold anything.
[[nodiscard]] std::string encode_segment(std::string_view text);

}  // namespace ctl::connect
