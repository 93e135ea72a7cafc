#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "core/listener.hpp"
#include "kafka/handles.hpp"
#include "kafka/trouble.hpp"

namespace ctl::kafka {

/// One property of a librdkafka handle. What is `fixed` is what the code relies on: whoever sets it to something else is told so.
struct Property {
  const char* key{};
  std::string value{};
  enum class Kind : unsigned char { tunable, fixed } kind{};
};

/// What librdkafka calls a code, as the tool's.
[[nodiscard]] Code code_of(rd_kafka_resp_err_t) noexcept;

/// Timeouts of a blocking call that starts anew each time: short at first, so that a stop is honoured, then longer, so that a slow broker
/// is heard out. Resumable calls take a short left_ms() instead.
class Slices {
 public:
  [[nodiscard]] int next(const Deadline& until) noexcept {
    const auto slice = until.left_ms(slice_);
    slice_ = std::min<Deadline::ms>(slice_ * 2, std::chrono::seconds{1});
    return slice;
  }

 private:
  Deadline::ms slice_{200};
};

/// Who is told of each delivery report; runs inside librdkafka's poll, so it must not throw.
struct Delivery {
  void (*report)(void* owner, const rd_kafka_message_t&) noexcept {};
  void* owner{};
};

/// A librdkafka handle with its callbacks, for the .cpp files of this room. Logs, errors and delivery reports are served on the thread that
/// calls (log.queue), so that nothing here is shared between threads.
class Client {
 public:
  /// Throws Error{config} for a property that librdkafka does not take. Connects to nothing yet.
  Client(rd_kafka_type_t, const Settings&, std::span<const Property>, Listener&, Delivery = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] rd_kafka_t* get() const noexcept { return handle_.get(); }
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }

  /// Runs the callbacks that wait, for at most `ms`; returns at once when there were any.
  void serve(int ms = 0);
  /// What was said about a topic or partition that does not exist or is denied, since the last call: a reader learns it only so.
  struct Said {
    rd_kafka_resp_err_t error{};
    std::string text{};
  };
  [[nodiscard]] std::optional<Said> complaint() { return std::exchange(complaint_, std::nullopt); }
  /// A request was answered: that no server could be reached is history.
  void answered() { trouble_.answered(settings_); }

  /// Whether those who do not want to wait should give up: credentials refused, or nobody reachable for 300 ms.
  [[nodiscard]] bool hopeless() const;
  /// After a slice without an answer: throws when stopped or out of time, when credentials are refused and, for the impatient, when it is
  /// hopeless.
  enum class Patience : unsigned char { impatient, full };
  void keep_waiting(std::string_view doing, Patience, const Deadline&);

  /// What to throw for a failed call: the brokers' own reason where the code is just "transport failure" or "timed out".
  [[nodiscard]] Error failure(rd_kafka_resp_err_t, std::string_view doing, std::string cause = {});

  /// Sends an Admin request; the event comes into the queue. From any thread.
  using Send = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  [[nodiscard]] Queue send(rd_kafka_admin_op_t, const Deadline&, const Send&) const;
  /// Waits for the event of a request and looks at its own error; the results in it were not looked at. A broker that dies or does not
  /// answer costs a new look at who leads the cluster and the same request again: librdkafka would wait for the dead one until the
  /// deadline. So a request may arrive twice. `answer` is that of the request if it was sent before, with first_patience.
  static constexpr std::chrono::milliseconds first_patience{2000};
  [[nodiscard]] Event ask(rd_kafka_admin_op_t, std::string_view doing, const Deadline&, const Send&, Queue answer = {});
  /// The same with several requests at once. Events in the order of `send`, null where no answer came in time; errors in them were not
  /// looked at.
  [[nodiscard]] std::vector<Event> ask_all(rd_kafka_admin_op_t, std::string_view doing, const Deadline&, std::span<const Send>);
  /// Everything the cluster knows of its brokers and topics, or of `only` one topic (with thousands that is a small part of the work; one
  /// that does not exist has no partitions), in one request. Creates nothing.
  [[nodiscard]] Metadata metadata(const Deadline&, const std::string* only = nullptr);

 private:
  static void on_error(rd_kafka_t*, int, const char*, void*) noexcept;
  static void on_log(const rd_kafka_t*, int, const char*, const char*) noexcept;
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t*, void*) noexcept;
  void hear();
  [[nodiscard]] Event take(const Queue& answer, std::string_view doing, const Deadline&);  ///< null when none came in time

  Settings settings_;
  Listener& listener_;
  Delivery delivery_;
  std::vector<Said> said_{};  ///< by the callbacks, since the last hear()
  std::optional<Said> complaint_{};
  Trouble trouble_{};
  int brokers_{};  ///< as metadata counted them last
  Deadline::clock::time_point trouble_since_{};
  RdKafka handle_{};
};

}  // namespace ctl::kafka
