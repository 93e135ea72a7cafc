#include "support/oracle.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <pqxx/pqxx>
#include <set>
#include <stdexcept>

#include "support/sandbox.hpp"

namespace oracle {
namespace {

using Handle = std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)>;

Handle client(rd_kafka_type_t type, const std::map<std::string, std::string>& more = {}) {
  char text[512];
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", sandbox::brokers().c_str(), text, sizeof text);
  for (const auto& [key, value] : more)
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) throw std::runtime_error{text};
  Handle handle{rd_kafka_new(type, conf, text, sizeof text), rd_kafka_destroy};
  if (!handle) throw std::runtime_error{text};
  return handle;
}

Record record_of(const rd_kafka_message_t& m) {
  Record r{m.partition, m.offset, rd_kafka_message_timestamp(&m, nullptr), {}, {}, {}};
  if (m.key != nullptr) r.key.emplace(static_cast<const char*>(m.key), m.key_len);
  if (m.payload != nullptr) r.value.emplace(static_cast<const char*>(m.payload), m.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return r;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    r.headers.emplace_back(name, std::string{static_cast<const char*>(value), size});
  return r;
}

/// librdkafka 2.0's fetchers rest for up to a second at a time; any request wakes them.
void nudge(rd_kafka_t* handle) {
  const rd_kafka_metadata_t* found = nullptr;
  if (rd_kafka_metadata(handle, 0, nullptr, &found, 1) == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(found);
}

void admin(const std::string& doing, const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& send) {
  const auto handle = client(RD_KAFKA_PRODUCER);
  std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)> queue{rd_kafka_queue_new(handle.get()), rd_kafka_queue_destroy};
  send(handle.get(), queue.get());
  std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)> event{rd_kafka_queue_poll(queue.get(), 20'000), rd_kafka_event_destroy};
  if (!event) throw std::runtime_error{doing + ": no answer"};
  if (rd_kafka_event_error(event.get()) != 0) throw std::runtime_error{doing + ": " + rd_kafka_event_error_string(event.get())};
}

}  // namespace

std::vector<Record> read(const std::string& topic) {
  const auto handle = client(RD_KAFKA_CONSUMER, {{"group.id", "oracle"},
                                                 {"enable.auto.commit", "false"},
                                                 {"isolation.level", "read_committed"},
                                                 {"enable.partition.eof", "true"},
                                                 {"fetch.wait.max.ms", "10"}});
  const int partitions = sandbox::await_topic(topic);
  std::vector<std::int64_t> end(static_cast<std::size_t>(partitions));
  std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)> list{
      rd_kafka_topic_partition_list_new(partitions), rd_kafka_topic_partition_list_destroy};
  // The high watermark is what a read_uncommitted client sees as the end: a read_committed one would stop short of open transactions.
  const auto watcher = client(RD_KAFKA_CONSUMER, {{"group.id", "oracle"}, {"isolation.level", "read_uncommitted"}});
  std::set<int> left;
  for (int p = 0; p < partitions; ++p) {
    std::int64_t low = 0, high = 0;
    if (rd_kafka_query_watermark_offsets(watcher.get(), topic.c_str(), p, &low, &high, 20'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error{"no watermarks of " + topic};
    end[static_cast<std::size_t>(p)] = high;
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = low;
    if (low < high) left.insert(p);
  }
  rd_kafka_assign(handle.get(), list.get());
  std::vector<std::vector<Record>> found(static_cast<std::size_t>(partitions));
  for (const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60}; !left.empty();) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error{"reading " + topic + " to its end took more than a minute"};
    std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> m{rd_kafka_consumer_poll(handle.get(), 20),
                                                                         rd_kafka_message_destroy};
    if (!m) {
      nudge(handle.get());
      continue;
    }
    const auto p = static_cast<std::size_t>(m->partition);
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (m->offset >= end[p]) left.erase(m->partition);
    } else if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (m->offset < end[p]) found[p].push_back(record_of(*m));
      if (m->offset + 1 >= end[p]) left.erase(m->partition);
    } else {
      throw std::runtime_error{rd_kafka_message_errstr(m.get())};
    }
  }
  std::vector<Record> all;
  for (auto& records : found) std::move(records.begin(), records.end(), std::back_inserter(all));
  rd_kafka_consumer_close(handle.get());
  return all;
}

namespace {

void send(const Handle& handle, const std::string& topic, const std::vector<Record>& records) {
  const auto bytes = [](rd_kafka_vu_t& unit, rd_kafka_vtype_t type, const std::optional<std::string>& text) {
    unit.vtype = type;
    unit.u.mem = {const_cast<char*>(text ? text->data() : nullptr), text ? text->size() : 0};
  };
  for (const auto& r : records) {
    std::array<rd_kafka_vu_t, 7> units{};
    units[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    units[0].u.cstr = topic.c_str();
    units[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    units[1].u.i32 = r.partition;
    bytes(units[2], RD_KAFKA_VTYPE_KEY, r.key);
    bytes(units[3], RD_KAFKA_VTYPE_VALUE, r.value);
    units[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    units[4].u.i64 = r.time_ms;
    units[5].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    units[5].u.i = RD_KAFKA_MSG_F_COPY;
    units[6].vtype = RD_KAFKA_VTYPE_HEADERS;
    units[6].u.headers = rd_kafka_headers_new(r.headers.size());  // librdkafka's once it has taken the record
    for (const auto& [name, value] : r.headers)
      rd_kafka_header_add(units[6].u.headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    while (auto* error = rd_kafka_produceva(handle.get(), units.data(), units.size())) {
      const auto code = rd_kafka_error_code(error);
      rd_kafka_error_destroy(error);
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) throw std::runtime_error{rd_kafka_err2str(code)};
      rd_kafka_poll(handle.get(), 100);
    }
    rd_kafka_poll(handle.get(), 0);
  }
  if (rd_kafka_flush(handle.get(), 30'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error{"not everything was written to " + topic};
}

void check(rd_kafka_error_t* error) {
  if (error == nullptr) return;
  const std::string words = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error{words};
}

}  // namespace

void produce(const std::string& topic, const std::vector<Record>& records) {
  send(client(RD_KAFKA_PRODUCER, {{"partitioner", "murmur2_random"}, {"linger.ms", "5"}, {"enable.idempotence", "true"}}), topic, records);
}

void transact(const std::string& topic, const std::vector<Record>& records, bool commit) {
  const auto handle = client(RD_KAFKA_PRODUCER, {{"partitioner", "murmur2_random"}, {"transactional.id", sandbox::unique("oracle")}});
  check(rd_kafka_init_transactions(handle.get(), 30'000));
  check(rd_kafka_begin_transaction(handle.get()));
  send(handle, topic, records);
  check(commit ? rd_kafka_commit_transaction(handle.get(), 30'000) : rd_kafka_abort_transaction(handle.get(), 30'000));
}

void cut(const std::string& topic, int partition, std::int64_t before) {
  std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)> list{rd_kafka_topic_partition_list_new(1),
                                                                                                    rd_kafka_topic_partition_list_destroy};
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = before;
  admin("cutting " + topic, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    auto* request = rd_kafka_DeleteRecords_new(list.get());
    rd_kafka_DeleteRecords(handle, &request, 1, nullptr, queue);
    rd_kafka_DeleteRecords_destroy(request);
  });
}

void remove_topic(const std::string& topic) {
  admin("deleting " + topic, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    auto* request = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(handle, &request, 1, nullptr, queue);
    rd_kafka_DeleteTopic_destroy(request);
  });
}

void create_topic(const std::string& topic, int partitions) {
  admin("creating " + topic, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    char text[512];
    auto* request = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, text, sizeof text);
    rd_kafka_NewTopic_set_config(request, "retention.ms", "-1");
    rd_kafka_CreateTopics(handle, &request, 1, nullptr, queue);
    rd_kafka_NewTopic_destroy(request);
  });
  sandbox::await_topic(topic);
}

void override_configs(const std::string& topic, const std::map<std::string, std::string>& configs) {
  admin("configuring " + topic, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    auto* request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
    for (const auto& [key, value] : configs) rd_kafka_ConfigResource_set_config(request, key.c_str(), value.c_str());
    rd_kafka_AlterConfigs(handle, &request, 1, nullptr, queue);
    rd_kafka_ConfigResource_destroy(request);
  });
}

std::string config(const std::string& topic, const std::string& key) {
  const auto handle = client(RD_KAFKA_PRODUCER);
  std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)> queue{rd_kafka_queue_new(handle.get()), rd_kafka_queue_destroy};
  auto* request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_DescribeConfigs(handle.get(), &request, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(request);
  std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)> event{rd_kafka_queue_poll(queue.get(), 20'000), rd_kafka_event_destroy};
  if (!event || rd_kafka_event_error(event.get()) != 0) throw std::runtime_error{"describing " + topic};
  std::size_t count = 0;
  const auto** resources = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  const auto** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (std::size_t i = 0; i < count; ++i)
    if (key == rd_kafka_ConfigEntry_name(entries[i])) return rd_kafka_ConfigEntry_value(entries[i]);
  return "";
}

std::string cluster_id() {
  const auto handle = client(RD_KAFKA_PRODUCER);
  char* id = rd_kafka_clusterid(handle.get(), 20'000);
  if (id == nullptr) throw std::runtime_error{"no cluster id"};
  std::string text{id};
  rd_kafka_mem_free(handle.get(), id);
  return text;
}

void add_partitions(const std::string& topic, int total) {
  admin("adding partitions to " + topic, [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    char text[512];
    auto* request = rd_kafka_NewPartitions_new(topic.c_str(), static_cast<std::size_t>(total), text, sizeof text);
    rd_kafka_CreatePartitions(handle, &request, 1, nullptr, queue);
    rd_kafka_NewPartitions_destroy(request);
  });
}

std::optional<std::int64_t> id_of(const Record& record, const std::string& table) {
  const auto wanted = "\"event_id\":\"pg:" + table + ":";
  const auto at = record.value ? record.value->rfind(wanted) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  return std::stoll(record.value->substr(at + wanted.size()));
}

std::vector<std::int64_t> ids(const std::string& database_url, const std::string& select) {
  pqxx::connection connection{database_url};
  std::vector<std::int64_t> found;
  const auto rows = pqxx::nontransaction{connection}.exec(select);
  for (const auto& row : rows) found.push_back(row[0].as<std::int64_t>());
  return found;
}

std::string exactly_once(const std::string& database_url, const std::string& select, const std::string& topic, const std::string& table) {
  std::map<std::int64_t, int> seen;
  std::map<std::optional<std::string>, std::int64_t> last;
  for (const auto& record : read(topic)) {
    const auto id = id_of(record, table);
    if (!id) continue;
    ++seen[*id];
    const auto [highest, first] = last.try_emplace(record.key, *id);
    if (!first && *id < highest->second)
      return "id " + std::to_string(*id) + " comes after id " + std::to_string(highest->second) + " of the same key, at partition " +
             std::to_string(record.partition) + " offset " + std::to_string(record.offset);
    highest->second = std::max(highest->second, *id);
  }
  for (const auto id : ids(database_url, select)) {
    const auto found = seen.find(id);
    if (found == seen.end()) return "id " + std::to_string(id) + " is not in the topic";
    if (found->second != 1) return "id " + std::to_string(id) + " is in the topic " + std::to_string(found->second) + " times";
    seen.erase(found);
  }
  return seen.empty() ? ""
                      : std::to_string(seen.size()) + " ids are in the topic and not in the table, id " +
                            std::to_string(seen.begin()->first) + " for one";
}

}  // namespace oracle
