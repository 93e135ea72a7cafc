#include "kafka/sender.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "kafka_test.hpp"
#include "support/oracle.hpp"

using namespace ctl;
using kafka::Outcome;
using kafka::Place;
using kafka::Sender;

namespace {

/// What became of each message, by its number.
struct Told {
  std::map<int, Known<Place>> all{};
  Sender::OnDelivery operator()(int number) {
    return [this, number](const Outcome& outcome) { all.insert_or_assign(number, outcome.place); };
  }
};

}  // namespace

TEST_CASE_METHOD(OnKafka, "each message is told its place, and is there with its key, value and time") {
  const sandbox::Topic topic;
  Sender sender{settings, quiet};
  Told told;
  const std::vector<std::optional<std::string>> keys{"product-1", "product-é", "product-undefined", "", std::nullopt};
  for (int i = 0; i < 5; ++i) {
    const auto& key = keys[static_cast<std::size_t>(i)];
    sender.send(topic.name(), key ? std::optional<std::string_view>{*key} : std::nullopt, "value " + std::to_string(i), event_time(),
                told(i), until);
  }
  sender.flush(until);
  CHECK(sender.waiting() == 0);
  const auto records = oracle::read(topic.name());
  REQUIRE(records.size() == 5);
  REQUIRE(told.all.size() == 5);
  for (const auto& [number, place] : told.all) {
    REQUIRE(place);
    const auto found = std::find_if(records.begin(), records.end(),
                                    [&, p = place.value()](const auto& r) { return r.partition == p.partition && r.offset == p.offset; });
    REQUIRE(found != records.end());
    CHECK(found->key == keys[static_cast<std::size_t>(number)]);
    CHECK(found->value == "value " + std::to_string(number));
    CHECK(found->time_ms == event_time().time_since_epoch().count());
    CHECK(found->headers.empty());
  }
}

TEST_CASE_METHOD(OnKafka, "more messages than the queue holds are all sent, in order for each key") {
  const sandbox::Topic topic;
  settings.properties = {{"queue.buffering.max.messages", "100"}};
  Sender sender{settings, quiet};
  int told = 0;
  for (int i = 0; i < 5'000; ++i)
    sender.send(
        topic.name(), "k" + std::to_string(i % 7), std::to_string(i), event_time(),
        [&](const Outcome& outcome) { told += outcome.place ? 1 : 0; }, until);
  sender.flush(until);
  CHECK(told == 5'000);
  std::map<std::string, int> last;
  for (const auto& record : oracle::read(topic.name())) {
    const int number = std::stoi(*record.value);
    if (const auto before = last.find(*record.key); before != last.end()) CHECK(before->second == number - 7);
    last[*record.key] = number;
  }
  CHECK(last.size() == 7);
}

TEST_CASE_METHOD(OnKafka, "a full queue is told to who does not wait, and keeps his listener") {
  settings.brokers = "127.0.0.1:1";
  settings.properties = {{"queue.buffering.max.messages", "1"}};
  Sender sender{settings, quiet};
  Told told;
  auto first = told(1), second = told(2);
  CHECK(sender.try_send("t", "k", "v", event_time(), first));
  CHECK_FALSE(sender.try_send("t", "k", "v", event_time(), second));
  second({.place = Place{3, 4}});
  CHECK(told.all.at(2)->offset == 4);
  CHECK(sender.waiting() == 1);
}

TEST_CASE_METHOD(OnKafka, "a topic that does not exist is told as not found") {
  settings.properties = {{"topic.metadata.propagation.max.ms", "500"}};
  Sender sender{settings, quiet};
  Told told;
  sender.send(sandbox::unique("nowhere"), "k", "v", event_time(), told(1), until);
  sender.flush(until);
  REQUIRE_FALSE(told.all.at(1).has_value());
  CHECK(told.all.at(1).error().code() == Code::not_found);
  CHECK(told.all.at(1).error().text().what.find("writing to topic nowhere_") != std::string::npos);
}

TEST_CASE_METHOD(OnKafka, "one message that fails leaves the others and the sender as they are") {
  const sandbox::Topic topic{"t", 3, "retention.ms=-1,max.message.bytes=1000"};
  settings.properties = {{"compression.type", "none"}};
  Sender sender{settings, quiet};
  Told told;
  sender.send(topic.name(), "k", std::string(5'000, 'x'), event_time(), told(1), until);
  sender.flush(until);
  sender.send(topic.name(), "k", "small", event_time(), told(2), until);
  sender.flush(until);
  CHECK(told.all.at(1).error().text().cause.find("too large") != std::string::npos);
  CHECK(told.all.at(2).has_value());
  CHECK(oracle::read(topic.name()).size() == 1);
}

TEST_CASE_METHOD(OnKafka, "without a broker waiting ends by the deadline with the broker's own reason, and what is given up is told") {
  settings.brokers = "127.0.0.1:1";
  Sender sender{settings, quiet};
  CHECK(error_of([&] { sender.connect(until.within(5s)); }).code() == Code::unreachable);
  Told told;
  sender.send("t", "k", "v", event_time(), told(1), until);
  const auto begin = Deadline::clock::now();
  const auto error = error_of([&] { sender.flush(until.within(1s)); });
  CHECK(error.code() == Code::unreachable);
  CHECK(error.text().what == "connection refused at 127.0.0.1:1 (sandbox)");
  CHECK(Deadline::clock::now() - begin < 2s);
  CHECK(told.all.empty());
  sender.give_up();
  sender.flush(until.within(5s));
  CHECK_FALSE(told.all.at(1).has_value());
}

TEST_CASE_METHOD(OnKafka, "a sender that goes with messages under way ends at once and tells nobody") {
  settings.brokers = "127.0.0.1:1";
  Told told;
  const auto begin = Deadline::clock::now();
  {
    Sender sender{settings, quiet};
    for (int i = 0; i < 10; ++i) sender.send("t", "k", "v", event_time(), told(i), until);
  }
  CHECK(Deadline::clock::now() - begin < 900ms);
  CHECK(told.all.empty());
}

TEST_CASE_METHOD(OnKafka, "what a listener throws comes out of serve, and the others are told the next time") {
  const sandbox::Topic topic;
  Sender sender{settings, quiet};
  Told told;
  sender.send(
      topic.name(), "k", "a", event_time(),
      [](const Outcome&) {
        throw Error{Code::failed, {.what = "from the listener"}};
      },
      until);
  sender.send(topic.name(), "k", "b", event_time(), told(2), until);
  CHECK(error_of([&] { sender.flush(until); }).text().what == "from the listener");
  sender.flush(until);
  CHECK(told.all.at(2).has_value());
}
