#include "shop.hpp"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <pqxx/pqxx>
#include <random>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;
namespace {

std::string read(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

void must(const process::Ended& ended, const std::string& what) {
  if (ended.status != 0) throw std::runtime_error{what + " ended with " + std::to_string(ended.status) + ":\n" + ended.out + ended.err};
}

/// The value of "key":<number> in the storefront's closing line, summed over all places where it stands inside "written".
std::uint64_t sum_written(const std::string& json) {
  const auto begin = json.find("\"written\":{");
  const auto end = json.find('}', begin);
  std::uint64_t sum = 0;
  for (auto at = json.find("\":", begin + 11); at != std::string::npos && at < end; at = json.find("\":", at + 2))
    sum += std::stoull(json.substr(at + 2));
  return sum;
}

}  // namespace

Shop::Shop(std::int64_t rows) : prefix_{"j" + std::to_string(::getpid()) + "x" + std::to_string(std::random_device{}() % 100'000)} {
  slot_ = prefix_ + "_slot";
  connector_ = prefix_ + "-connector";
  folder_ = (fs::temp_directory_path() / prefix_).string();
  const fs::path project{PROJECT_DIR};
  fs::create_directories(fs::path{folder_} / "connectors");
  fs::copy(project / "sql", fs::path{folder_} / "sql", fs::copy_options::recursive);
  // The shop's own files, with names that no other test has.
  std::ofstream{fs::path{folder_} / "topics.yaml"} << replaced(
      replaced(read(project / "topics.yaml"), "debezium.mykart.", "debezium." + prefix_ + "."), " mykart.", " " + prefix_ + ".");
  auto connector = read(project / "connectors" / "mykart-postgres-connector.json");
  for (const auto& [from, to] : std::map<std::string, std::string>{{"debezium.mykart", "debezium." + prefix_},
                                                                   {"debezium_mykart_slot", slot_},
                                                                   {"debezium_publication", prefix_ + "_publication"},
                                                                   {"mykart-postgres-debezium-connector", connector_}})
    connector = replaced(connector, from, to);
  std::ofstream{fs::path{folder_} / "connectors" / "connector.json"} << connector;

  for (const auto& entry : std::set<fs::path>(fs::directory_iterator{project / "sql" / "migrations"}, fs::directory_iterator{})) {
    const auto name = entry.filename().string();
    if (name < "0005" && name.ends_with(".deploy.sql"))
      must(process::run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", entry.string(), database_.url()}), name);
  }
  must(process::run({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "rows=" + std::to_string(rows), "-v", "days=400", "-f",
                     (project / "sql" / "generate_events.sql").string(), database_.url()},
                    {}, {}, std::chrono::seconds{120}),
       "generate_events.sql");
}

Shop::~Shop() {
  storefront_.reset();
  static_cast<void>(ctl({"connector", "delete", connector_, "--drop-slot", "--drop-publication", "--yes", "--allow-destructive"}));
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

process::Options Shop::options() const {
  return {.environment = {{"MYKART_BROKERS", sandbox::brokers()},
                          {"MYKART_DATABASE", database_.url()},
                          {"MYKART_CONNECT_URL", sandbox::connect_url()},
                          {"MYKART_QUIET_FOR", "2s"},
                          {"DBZ_PASSWORD", "dbz-sandbox"}},
          .without = {"KAFKA_BROKERS", "MYKART_CONTEXT"},
          .folder = folder_};
}

process::Ended Shop::ctl(std::vector<std::string> arguments, std::chrono::seconds timeout) {
  arguments.insert(arguments.begin(), std::string{BINARY_DIR} + "/mykartctl");
  return process::run(std::move(arguments), options(), {}, timeout);
}

bool Shop::ctl_killed(std::vector<std::string> arguments, std::chrono::milliseconds after) {
  arguments.insert(arguments.begin(), std::string{BINARY_DIR} + "/mykartctl");
  process::Child child{std::move(arguments), options()};
  try {
    child.wait(after);
    return false;
  } catch (const std::runtime_error&) {
    child.kill();
    child.wait();
    return true;
  }
}

void Shop::open(bool on_kafka) {
  on_kafka_ = on_kafka;
  pqxx::connection where{database_.url()};
  process::Options o{.environment = {{"DB_HOST", where.hostname() != nullptr ? where.hostname() : "localhost"},
                                     {"DB_PORT", where.port()},
                                     {"DB_USER", where.username()},
                                     {"DB_NAME", database_.name()},
                                     {"PORT", "0"},
                                     {"TOPIC_CART_EVENTS", topic("cart-events")},
                                     {"TOPIC_CLICKS", topic("clicks")},
                                     {"TOPIC_IMPRESSIONS", topic("impressions")},
                                     {"TOPIC_PAGE_HITS", topic("page-hits")}},
                     .without = {"KAFKA_BROKERS"}};
  if (on_kafka) o.environment["KAFKA_BROKERS"] = sandbox::brokers(), o.without.clear();
  storefront_ = std::make_unique<process::Child>(std::vector<std::string>{std::string{BINARY_DIR} + "/storefront", "--load", "200"}, o);
  storefront_->wait_for("running on port");
}

void Shop::close() {
  storefront_->signal(SIGTERM);
  if (const int status = storefront_->wait(); status != 0)
    throw std::runtime_error{"the storefront ended with " + std::to_string(status) + ": " + storefront_->err()};
  (on_kafka_ ? in_topics_ : in_tables_) += sum_written(storefront_->out());
  storefront_.reset();
}

std::vector<std::string> Shop::public_tables() const {
  std::istringstream names{
      database_.value("select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'public'")};
  return {std::istream_iterator<std::string>{names}, {}};
}

std::string Shop::core_digest() const {
  return database_.value(
      "select (select count(*) || md5(string_agg(p::text, '|' order by product_id)) from products p) || (select count(*) || "
      "md5(string_agg(o::text, '|' order by order_id)) from orders o)");
}

std::int64_t Shop::rows(const std::string& schema) const {
  std::int64_t sum = 0;
  for (const auto& table : event_tables) sum += std::stoll(database_.value("select count(*) from " + schema + "." + table.first));
  return sum;
}

Shop::Events Shop::events(const std::string& table, const std::string& name) const {
  char text[512];
  auto* conf = rd_kafka_conf_new();
  for (const auto& [key, value] : std::map<std::string, std::string>{{"bootstrap.servers", sandbox::brokers()},
                                                                     {"group.id", "oracle"},
                                                                     {"enable.auto.commit", "false"},
                                                                     {"enable.partition.eof", "true"},
                                                                     {"isolation.level", "read_committed"}})
    rd_kafka_conf_set(conf, key.c_str(), value.c_str(), text, sizeof text);
  auto* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
  rd_kafka_poll_set_consumer(consumer);
  auto* list = rd_kafka_topic_partition_list_new(3);
  std::map<int, std::int64_t> left;  // to the ends of now: an application that goes on writing has no end
  for (int p = 0; p < 3; ++p) {
    rd_kafka_topic_partition_list_add(list, topic(name).c_str(), p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    std::int64_t low = 0;
    if (rd_kafka_query_watermark_offsets(consumer, topic(name).c_str(), p, &low, &left[p], 10'000) != 0)
      throw std::runtime_error{"no end of " + topic(name)};
    if (left[p] == low) left.erase(p);
  }
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);

  Events found;
  std::map<std::string, std::int64_t> last;
  const std::string mark = "\"event_id\":\"pg:" + table + ":";
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!left.empty()) {
    auto* m = rd_kafka_consumer_poll(consumer, 1000);
    if (std::chrono::steady_clock::now() > late) throw std::runtime_error{topic(name) + " was not read to its end in 60 s"};
    if (m == nullptr) continue;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      left.erase(m->partition);
    } else if (m->err != 0) {
      throw std::runtime_error{rd_kafka_message_errstr(m)};
    } else {
      if (const auto end = left.find(m->partition); end != left.end() && m->offset + 1 >= end->second) left.erase(end);
      const std::string value{static_cast<const char*>(m->payload), m->len}, key{static_cast<const char*>(m->key), m->key_len};
      if (const auto at = value.find(mark); at == std::string::npos) {
        ++found.from_application;
      } else {
        const auto id = std::stoll(value.substr(at + mark.size()));
        ++found.from_table[id];
        if (const auto before = last.find(key); before != last.end() && before->second >= id) found.ordered = false;
        last[key] = id;
      }
    }
    rd_kafka_message_destroy(m);
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return found;
}
