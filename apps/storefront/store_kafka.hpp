#pragma once
#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "core/listener.hpp"
#include "kafka/sender.hpp"
#include "store.hpp"

namespace storefront {

struct KafkaSettings {
  std::string brokers{};
  std::array<std::string, kinds.size()> topics{};  ///< by index(Kind)
};

/// The shop after the migration: a message each event, written as its kafkajs producer does.
class KafkaStore : public EventStore {
 public:
  /// Connects in the background, as the shop does: it serves even without Kafka, and each event then waits its 30 s and fails.
  KafkaStore(KafkaSettings, ctl::Listener&);
  [[nodiscard]] const char* mode() const override { return "kafka"; }
  [[nodiscard]] bool keeps_rows() const override { return false; }
  Receipt write(const Event&) override;
  void give_up() override;

 private:
  void serve(const std::stop_token&);

  KafkaSettings settings_;
  ctl::Listener& listener_;
  ctl::kafka::Sender sender_;
  std::atomic<int> writing_{};  ///< threads inside write()
  std::atomic<bool> closed_{};
  std::jthread courier_;  ///< the one thread that serves sender_
};

}  // namespace storefront
