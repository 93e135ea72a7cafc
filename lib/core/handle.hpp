#pragma once
#include <memory>

namespace ctl {

/// Ownership of a C object, taken at the line where it is acquired: Handle<rd_kafka_topic_t, rd_kafka_topic_destroy>.
template <auto destroy>
struct Deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    destroy(object);
  }
};
template <class T, auto destroy>
using Handle = std::unique_ptr<T, Deleter<destroy>>;

}  // namespace ctl
