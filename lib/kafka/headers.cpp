#include "kafka/handles.hpp"

namespace ctl::kafka {

/// A header of null and an empty one are different things, as keys are.
Headers to_headers(std::span<const Header> headers) {
  if (headers.empty()) return nullptr;
  Headers out{rd_kafka_headers_new(headers.size())};
  for (const auto& [name, value] : headers)
    rd_kafka_header_add(out.get(), name.data(), static_cast<ssize_t>(name.size()),
                        !value           ? nullptr
                        : value->empty() ? ""
                                         : value->data(),
                        value ? static_cast<ssize_t>(value->size()) : 0);
  return out;
}

}  // namespace ctl::kafka
