#include "support/sandbox.hpp"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <pqxx/pqxx>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

/// libpqxx 6.4.5 loses the PGresult of a session that broke (it throws before it owns it), which is what many tests are about.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx"; }  // NOLINT: the sanitizer's name

namespace sandbox {
namespace {

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

struct Client {
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> handle{nullptr, rd_kafka_destroy};
  std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)> queue{nullptr, rd_kafka_queue_destroy};
  Client() {
    char text[512];
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers().c_str(), text, sizeof text);
    handle.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text));
    if (!handle) throw std::runtime_error{text};
    queue.reset(rd_kafka_queue_new(handle.get()));
  }
  void wait(const std::string& doing) const {
    std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)> event{rd_kafka_queue_poll(queue.get(), 20'000), rd_kafka_event_destroy};
    if (!event) throw std::runtime_error{doing + ": no answer in 20 s"};
    if (rd_kafka_event_error(event.get()) != 0) throw std::runtime_error{doing + ": " + rd_kafka_event_error_string(event.get())};
    if (const auto* created = rd_kafka_event_CreateTopics_result(event.get())) {
      std::size_t n = 0;
      const auto** topics = rd_kafka_CreateTopics_result_topics(created, &n);
      for (std::size_t i = 0; i < n; ++i)
        if (rd_kafka_topic_result_error(topics[i]) != 0)
          throw std::runtime_error{doing + ": " + rd_kafka_topic_result_error_string(topics[i])};
    }
  }
};

}  // namespace

std::string brokers() { return from_environment("MYKART_BROKERS", "localhost:9092"); }
std::string connect_url() { return from_environment("MYKART_CONNECT_URL", "http://localhost:8083"); }

std::string database_url(const std::string& database) {
  auto url = from_environment("MYKART_DATABASE", "postgresql://admin@localhost/mykart");
  return url.substr(0, url.rfind('/') + 1) + database;
}

std::string unique(const std::string& prefix) {
  static std::atomic<int> counter{0};
  static const auto process =
      std::to_string(::getpid()) + "x" + std::to_string(std::random_device{}() % 100'000);  // process ids come again
  return prefix + "_" + process + "_" + std::to_string(++counter);
}

int await_topic(const std::string& topic) {
  const Client client;
  const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> handle{
      rd_kafka_topic_new(client.handle.get(), topic.c_str(), nullptr), rd_kafka_topic_destroy};
  for (int tries = 0; tries < 200; ++tries) {
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(client.handle.get(), 0, handle.get(), &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error{"no metadata of " + topic};
    int led = 0, partitions = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    for (int p = 0; p < partitions; ++p) led += metadata->topics[0].partitions[p].leader >= 0 ? 1 : 0;
    rd_kafka_metadata_destroy(metadata);
    if (partitions > 0 && led == partitions) return partitions;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  throw std::runtime_error{"topic " + topic + " did not appear in 10 s"};
}

Database::Database(const std::string& prefix) : name_{unique(prefix)} {
  pqxx::connection maintenance{database_url("postgres")};
  pqxx::nontransaction{maintenance}.exec("create database " + name_);
}
Database::~Database() {
  try {
    pqxx::connection maintenance{database_url("postgres")};
    pqxx::nontransaction work{maintenance};
    work.exec("drop database if exists " + name_ + " with (force)");
  } catch (const std::exception&) {  // a server that a test has stopped: its data folder goes away as well
  }
}
void Database::run(const std::string& sql) const {
  pqxx::connection connection{url()};
  pqxx::nontransaction{connection}.exec(sql);
}
std::string Database::value(const std::string& sql) const {
  pqxx::connection connection{url()};
  pqxx::nontransaction work{connection};
  const auto rows = work.exec(sql);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
}

Topic::Topic(const std::string& prefix, int partitions, const std::string& config) : name_{unique(prefix)} {
  Client client;
  char text[512];
  auto* wanted = rd_kafka_NewTopic_new(name_.c_str(), partitions, 1, text, sizeof text);
  std::istringstream pairs{config};
  for (std::string pair; std::getline(pairs, pair, ',');)
    rd_kafka_NewTopic_set_config(wanted, pair.substr(0, pair.find('=')).c_str(), pair.substr(pair.find('=') + 1).c_str());
  rd_kafka_CreateTopics(client.handle.get(), &wanted, 1, nullptr, client.queue.get());
  rd_kafka_NewTopic_destroy(wanted);
  client.wait("creating " + name_);
  await_topic(name_);
}
Topic::~Topic() {
  try {
    Client client;
    auto* gone = rd_kafka_DeleteTopic_new(name_.c_str());
    rd_kafka_DeleteTopics(client.handle.get(), &gone, 1, nullptr, client.queue.get());
    rd_kafka_DeleteTopic_destroy(gone);
    client.wait("deleting " + name_);
  } catch (const std::exception&) {  // as above
  }
}

}  // namespace sandbox
