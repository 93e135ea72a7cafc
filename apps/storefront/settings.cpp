#include "settings.hpp"

#include <charconv>
#include <cstdlib>
#include <limits>

#include "core/error.hpp"

namespace storefront {

const char* const usage =
    R"(storefront: the shop's web application. Analytics events go to PostgreSQL, or to Kafka when KAFKA_BROKERS is set.

  storefront [--load RATE] [--orders RATE] [--seconds N] [--seed S] [--ledger FILE]

  --load RATE     makes RATE events a second by itself, evenly spaced, beside what HTTP brings
  --orders RATE   places RATE orders a second (0: products and orders stay as they are)
  --seconds N     ends by itself after N seconds; without it SIGTERM or Ctrl-C ends it
  --seed S        other visitors, other clicks (1)
  --ledger FILE   adds a JSON line for each event that is safe: committed, or acknowledged by Kafka

Environment: HOST (127.0.0.1), PORT (3001; 0 takes a free one), DB_HOST (localhost), DB_PORT (5432), DB_USER (admin), DB_PASSWORD, DB_NAME (mykart),
DB_SESSIONS (10), KAFKA_BROKERS, TOPIC_PAGE_HITS (mykart.page-hits), TOPIC_CLICKS (mykart.clicks), TOPIC_IMPRESSIONS (mykart.impressions),
TOPIC_CART_EVENTS (mykart.cart-events).

The last thing it does is to print one line of JSON on stdout: events written and failed, by table or by the table that the topic replaces.
The log is on stderr.
)";

namespace {

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

template <class Number>
Number parse(const std::string& what, const std::string& text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most))
    throw ctl::Error{ctl::Code::usage, {.what = what + " must be a number in its range, not '" + text + "'", .hint = "storefront --help"}};
  return value;
}

void read_argument(Settings& settings, const std::string& name, const std::string& value) {
  constexpr double rate_limit = 1e6;
  if (name == "--load")
    settings.load.rate = parse(name, value, 0.001, rate_limit);
  else if (name == "--orders")
    settings.load.orders = parse(name, value, 0.0, rate_limit);
  else if (name == "--seconds")
    settings.limit = std::chrono::seconds{parse(name, value, 1, std::numeric_limits<int>::max())};
  else if (name == "--seed")
    settings.seed = parse(name, value, std::uint64_t{}, std::numeric_limits<std::uint64_t>::max());
  else if (name == "--ledger")
    settings.ledger = value;
  else
    throw ctl::Error{ctl::Code::usage, {.what = "no option " + name, .hint = "storefront --help"}};
}

Settings read_environment() {
  Settings settings{
      .host = from_environment("HOST", "127.0.0.1"), .port = parse("PORT", from_environment("PORT", "3001"), 0, 65535), .seed = 1};
  settings.database = {.host = from_environment("DB_HOST", "localhost"),
                       .port = from_environment("DB_PORT", "5432"),
                       .user = from_environment("DB_USER", "admin"),
                       .name = from_environment("DB_NAME", "mykart"),
                       .password = ctl::Secret{from_environment("DB_PASSWORD", "")},
                       .sessions = parse("DB_SESSIONS", from_environment("DB_SESSIONS", "10"), std::size_t{1}, std::size_t{100})};
  settings.kafka = {
      .brokers = from_environment("KAFKA_BROKERS", ""),
      .topics = {from_environment("TOPIC_PAGE_HITS", "mykart.page-hits"), from_environment("TOPIC_CLICKS", "mykart.clicks"),
                 from_environment("TOPIC_IMPRESSIONS", "mykart.impressions"), from_environment("TOPIC_CART_EVENTS", "mykart.cart-events")}};
  return settings;
}

}  // namespace

Settings read_settings(const std::vector<std::string>& arguments) {
  auto settings = read_environment();
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (arguments[i] == "--help" || arguments[i] == "-h") {
      settings.help = true;
      return settings;
    }
    if (i + 1 == arguments.size())
      throw ctl::Error{ctl::Code::usage, {.what = arguments[i] + " needs a value", .hint = "storefront --help"}};
    read_argument(settings, arguments[i], arguments[i + 1]);
  }
  settings.load.threads = settings.kafka.brokers.empty() ? settings.database.sessions : 16;
  return settings;
}

}  // namespace storefront
