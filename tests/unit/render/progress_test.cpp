#include <catch2/catch.hpp>

#include "render/progress.hpp"
#include "value/value.hpp"

using namespace ctl;
using namespace ctl::render;
using namespace std::chrono_literals;

namespace {

/// A Meter whose time is told to it.
struct Watched {
  std::chrono::steady_clock::time_point now{};
  std::string text{};
  Meter meter;
  explicit Watched(Showing showing, Listener::Level least = Listener::Level::info)
      : meter{{.showing = showing, .least = least, .look = {}, .clean = [](std::string_view t) { return std::string{t}; }},
              [this](std::string_view t) { text += t; },
              [this] { return now; }} {}
  std::string at(std::chrono::milliseconds time, const Progress& p) {
    now = std::chrono::steady_clock::time_point{time};
    text.clear();
    meter.progress(p);
    return text;
  }
};

}  // namespace

TEST_CASE("without a terminal there is a line a task at most every five seconds, and one at its end") {
  Watched w{Showing::plain};
  CHECK(w.at(0s, {.task = "clicks", .total = 1'000'000}).empty());
  CHECK(w.at(1s, {.task = "clicks", .done = 100'000, .total = 1'000'000}).empty());
  CHECK(w.at(5s, {.task = "clicks", .done = 500'000, .total = 1'000'000}) ==
        "  clicks                        50 %       500,000 rows of 1,000,000  100k/s  5.0 s left\n");
  CHECK(w.at(6s, {.task = "clicks", .done = 600'000, .total = 1'000'000}).empty());
  CHECK(w.at(8s, {.task = "clicks", .done = 1'000'000, .total = 1'000'000, .outcome = "done"}) ==
        "  clicks                          1,000,000 rows  125k/s  done in 8.0 s\n");
  w.text.clear();
  w.meter.finish();
  CHECK(w.text.empty());
}

TEST_CASE("the time left is not guessed before a hundredth is done") {
  Watched w{Showing::plain};
  w.at(0s, {.task = "t", .total = 1000});
  CHECK(w.at(5s, {.task = "t", .done = 9, .total = 1000}).find("left") == std::string::npos);
  CHECK(w.at(10s, {.task = "t", .done = 10, .total = 1000}).find("16m30s left") != std::string::npos);
}

TEST_CASE("a task that goes on where another run stopped counts its rate from there") {
  Watched w{Showing::plain};
  w.at(0s, {.task = "t", .done = 9000, .total = 10'000});
  CHECK(w.at(5s, {.task = "t", .done = 9500, .total = 10'000}).find("100/s  5.0 s left") != std::string::npos);
}

TEST_CASE("an end is said at once, and what comes after it is another task with a clock of its own") {
  Watched w{Showing::plain};
  w.at(0s, {.task = "copy t", .done = 100});
  CHECK(w.at(2s, {.task = "copy t", .done = 110, .total = 110, .outcome = "10 moved"}).find("110 rows  5/s  10 moved in 2.0 s") !=
        std::string::npos);
  w.at(60s, {.task = "copy t", .done = 110});
  CHECK(w.at(61s, {.task = "copy t", .done = 120, .outcome = "10 moved"}).find("120 rows  10/s  10 moved in 1.0 s") != std::string::npos);
  w.text.clear();
  w.meter.finish();
  CHECK(w.text.empty());
}

TEST_CASE("the last state of every task is told at the end, without a done that is not true") {
  Watched w{Showing::plain};
  w.at(0s, {.task = "a", .total = 10});
  w.at(1s, {.task = "a", .done = 5, .total = 10});
  w.at(1s, {.task = "b", .done = 7, .unit = "events"});
  w.text.clear();
  w.meter.finish();
  CHECK(w.text ==
        "  a                             50 %             5 rows of 10  5/s  1.0 s left\n  b                                       7 "
        "events\n");
}

TEST_CASE("on a terminal one line is drawn over, ten times a second at most") {
  Watched w{Showing::bar};
  CHECK(w.at(0s, {.task = "clicks", .total = 1000}) ==
        "\r\x1b[K  clicks                       [........................]   0 %             0 rows");
  CHECK(w.at(50ms, {.task = "clicks", .done = 10, .total = 1000}).empty());
  CHECK(w.at(500ms, {.task = "clicks", .done = 500, .total = 1000}) ==
        "\r\x1b[K  clicks                       [############............]  50 %           500 rows  1k/s  500 ms left");
  CHECK(w.at(1s, {.task = "clicks", .done = 1000, .total = 1000, .outcome = "done"}) ==
        "\r\x1b[K  clicks                              1,000 rows  1k/s  done in 1.0 s\n");
}

TEST_CASE("json lines carry the same, with null for what is not known") {
  Watched w{Showing::json};
  w.at(0s, {.task = "t", .bytes = 0});
  CHECK(
      w.at(1s, {.task = "t", .done = 5, .bytes = 100}) ==
      R"({"event":"progress","task":"t","unit":"rows","done":5,"total":null,"bytes":100,"rate_per_s":5,"took_ms":1000,"left_ms":null,"outcome":null})"
      "\n");
  w.text.clear();
  w.meter.note(Listener::Level::warn, "careful");
  CHECK(w.text == "{\"event\":\"note\",\"level\":\"warning\",\"message\":\"careful\"}\n");
}

TEST_CASE("notes below the wanted level are not written, progress is not with none") {
  Watched w{Showing::none};
  w.meter.note(Listener::Level::debug, "detail");
  CHECK(w.text.empty());
  w.meter.note(Listener::Level::info, "said");
  CHECK(w.text == "said\n");
  CHECK(w.at(9s, {.task = "t", .done = 1, .total = 1}).empty());
}

TEST_CASE("rates are short") {
  CHECK(format_rate(0) == "0/s");
  CHECK(format_rate(950) == "950/s");
  CHECK(format_rate(999.9) == "1k/s");
  CHECK(format_rate(486'200) == "486k/s");
  CHECK(format_rate(1'249'000) == "1.2M/s");
}
