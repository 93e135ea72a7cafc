#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/text.hpp"
#include "kafka/record.hpp"

namespace ctl::kafka {

/// Where an acknowledged message lies.
struct Place {
  int partition{};
  std::int64_t offset{};
};

/// What became of a message: its place, or why it has none.
struct Outcome {
  Known<Place> place{};
  bool in_doubt{};  ///< without a place: it was sent, and Kafka may have it all the same
};

/// Writing without transactions: idempotent, acknowledged by all in-sync replicas, in order per partition. Keys land where the Java client
/// and kafkajs put them (murmur2_random). One thread, try_send() and give_up() excepted.
class Sender {
 public:
  /// Told once a message what became of it, by serve(), flush() and send(), on their thread.
  using OnDelivery = std::function<void(const Outcome&)>;

  /// Connects to nothing yet. Throws Error{config} for a property that librdkafka does not take.
  Sender(const Settings&, Listener&);
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender();  ///< gives up what is not delivered, tells nobody, takes at most 1 s; so flush() first

  /// Until the cluster has answered once; throws Error{unreachable, denied, timeout} with the brokers' own reason.
  void connect(const Deadline&);

  /// Copies all of it. Waits for room in the queue until the deadline.
  void send(const Outgoing&, OnDelivery, const Deadline&);
  void send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time, OnDelivery, const Deadline&);
  /// The same without waiting: false, and `on_delivery` untouched, when there is no room. Any thread may call it while one other serves.
  [[nodiscard]] bool try_send(const Outgoing&, OnDelivery& on_delivery);
  [[nodiscard]] bool try_send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time,
                              OnDelivery& on_delivery);

  void serve(const Deadline&);  ///< tells of the deliveries that are known, or waits for the first ones, at most 100 ms
  void flush(
      const Deadline&);  ///< until all is delivered or has failed and was told; throws Error with the brokers' reason when time is over
  void recall();         ///< what has not left yet has failed; what is under way may still be acknowledged. serve() or flush() will tell
  void give_up();        ///< what is not delivered has failed; serve() or flush() will tell
  [[nodiscard]] std::size_t waiting() const noexcept;  ///< messages of which nothing is known yet

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::kafka
