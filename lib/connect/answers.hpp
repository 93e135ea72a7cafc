#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connect/http.hpp"
#include "core/error.hpp"

/// Private to this room: what the worker's answers mean.
namespace ctl::connect {

/// Nothing is wrong with the request, and asking again is safe: a rebalance, a proxy that lost its worker.
struct Transient : Error {
  using Error::Error;
};
/// The worker gave up waiting for itself; what was asked for may still happen. Read before repeating.
struct TimedOut : Transient {
  using Transient::Transient;
};

/// Throws what an answer of 400 or above stands for; `doing` is "pausing connector shop".
[[noreturn]] void refuse(const Answer&, const std::string& doing, const std::string& place);

[[nodiscard]] Config read_config(const Value&);  ///< every value as text, without "name"
[[nodiscard]] Status read_status(const Value&);
[[nodiscard]] std::map<std::string, std::vector<std::string>> read_complaints(const Value& validation);

/// The line of a Java stack trace that a person needs: the last "Caused by:", else the first line; "" for no trace.
[[nodiscard]] std::string last_cause(std::string_view trace);

}  // namespace ctl::connect
