#include "store_kafka.hpp"

#include <future>
#include <memory>

namespace storefront {
namespace {

ctl::kafka::Settings producer_settings(const std::string& brokers) {
  return {.brokers = brokers,
          .properties = {{"client.id", "mykart-webapp"},
                         {"compression.type", "none"},  // as kafkajs
                         {"linger.ms", "1"},            // a request waits for its event; threads that write together still share a batch
                         {"message.timeout.ms", "30000"},
                         {"topic.metadata.propagation.max.ms", "2000"}},  // a topic that does not exist is an error soon, not after 30 s
          .secrets = {},
          .origin = "KAFKA_BROKERS"};
}

struct Writing {
  std::atomic<int>& count;
  explicit Writing(std::atomic<int>& c) : count{c} { ++count; }
  ~Writing() { --count; }
};

}  // namespace

KafkaStore::KafkaStore(KafkaSettings settings, ctl::Listener& listener)
    : settings_{std::move(settings)},
      listener_{listener},
      sender_{producer_settings(settings_.brokers), listener},
      courier_{[this](const std::stop_token& stop) { serve(stop); }} {}

void KafkaStore::serve(const std::stop_token& stop) {
  bool connected = false, complained = false;
  while (!stop.stop_requested()) {
    const ctl::Deadline until{std::chrono::seconds{1}, {}};
    if (!connected) {
      const auto met = ctl::attempt([&] { sender_.connect(until); });
      connected = met.has_value();
      if (connected) listener_.note(ctl::Listener::Level::info, "✅ Connected to Kafka");
      if (!connected && !complained)
        listener_.note(ctl::Listener::Level::warn, std::string{"❌ Error connecting to Kafka: "} + met.error().what());
      complained = !connected;
    }
    sender_.serve(until);
  }
}

Receipt KafkaStore::write(const Event& event) {
  const Writing writing{writing_};
  if (closed_) throw ctl::Error{ctl::Code::refused, {.what = "the shop is closing"}};
  const auto told = std::make_shared<std::promise<ctl::Known<ctl::kafka::Place>>>();  // shared: it must outlive set_value, not just get
  ctl::kafka::Sender::OnDelivery on_delivery = [told](const ctl::kafka::Outcome& outcome) { told->set_value(outcome.place); };
  if (!sender_.try_send(settings_.topics[index(event.kind)], key(event), json(event), event.time, on_delivery))
    throw ctl::Error{ctl::Code::busy, {.what = "too many events wait for Kafka"}};
  const auto known = told->get_future().get();
  if (!known) throw known.error();
  return {.partition = known->partition, .offset = known->offset};
}

void KafkaStore::give_up() {
  closed_ = true;
  for (; writing_ > 0; std::this_thread::sleep_for(std::chrono::milliseconds{5})) sender_.give_up();
}

}  // namespace storefront
