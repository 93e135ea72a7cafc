#include <catch2/catch.hpp>

#include <thread>

#include "capture.hpp"
#include "render/output.hpp"

using namespace ctl;
using namespace ctl::render;

namespace {

bool coloured(Colour colour, std::map<std::string, std::string, std::less<>> environment, int descriptor) {
  return look_of(descriptor, {.colour = colour, .environment = std::move(environment)}).colour;
}

const Deadline soon() { return Deadline{5s, {}}; }

}  // namespace

TEST_CASE("colours follow the flag, then NO_COLOR and TERM, then CLICOLOR_FORCE, then the terminal") {
  const Pty pty;
  const Capture file;
  const auto automatic = Colour::automatic;
  CHECK(coloured(automatic, {}, pty.descriptor()));
  CHECK_FALSE(coloured(automatic, {}, file.descriptor()));
  CHECK_FALSE(coloured(automatic, {{"NO_COLOR", "1"}}, pty.descriptor()));
  CHECK(coloured(automatic, {{"NO_COLOR", ""}}, pty.descriptor()));
  CHECK_FALSE(coloured(automatic, {{"TERM", "dumb"}}, pty.descriptor()));
  CHECK(coloured(automatic, {{"CLICOLOR_FORCE", "1"}}, file.descriptor()));
  CHECK(coloured(automatic, {{"FORCE_COLOR", "1"}}, file.descriptor()));
  CHECK_FALSE(coloured(automatic, {{"CLICOLOR_FORCE", "0"}}, file.descriptor()));
  CHECK_FALSE(coloured(automatic, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, file.descriptor()));
  CHECK(coloured(Colour::always, {{"NO_COLOR", "1"}}, file.descriptor()));
  CHECK_FALSE(coloured(Colour::never, {{"CLICOLOR_FORCE", "1"}}, pty.descriptor()));
}

TEST_CASE("the width is that of the terminal or COLUMNS, and has no limit elsewhere") {
  const Pty pty{100};
  const Capture file;
  CHECK(look_of(pty.descriptor(), {}).width == 100);
  CHECK(look_of(pty.descriptor(), {.environment = {{"COLUMNS", "60"}}}).width == 60);
  CHECK(look_of(pty.descriptor(), {.environment = {{"COLUMNS", "x"}}}).width == 100);
  CHECK(look_of(file.descriptor(), {.environment = {{"COLUMNS", "60"}}}).width == 0);
}

TEST_CASE("a question is asked on stderr, and only the exact word is a yes") {
  for (const auto& [typed, expected] :
       std::vector<std::pair<std::string, bool>>{{"yes\n", true}, {" yes \n", true}, {"y\n", false}, {"YES\n", false}, {"\n", false}}) {
    const Pty pty;
    const Capture out;
    Output to{{.in = pty.descriptor(), .out = out.descriptor(), .err = pty.descriptor(), .colour = Colour::never}};
    Report about{.kind = "plan"};
    about.line("5 steps");
    pty.type(typed);
    CHECK(to.ask(about, "yes", soon()) == expected);
    CHECK(pty.text().find("5 steps\r\nType yes: ") != std::string::npos);
    CHECK(out.text().empty());
  }
}

TEST_CASE("a question has its own words and ends with the input") {
  const Pty pty;
  Output to{{.in = pty.descriptor(), .err = pty.descriptor()}};
  pty.type("\x04");
  CHECK_FALSE(to.ask({}, "12", soon(), "Type the number of rows you give up: "));
  CHECK(pty.text().find("Type the number of rows you give up: ") != std::string::npos);
}

TEST_CASE("nobody is asked without a terminal") {
  const Pty pty;
  const Capture file;
  Output no_input{{.in = file.descriptor(), .err = pty.descriptor()}};
  CHECK_FALSE(no_input.can_ask());
  CHECK_FALSE(no_input.ask({}, "yes", soon()));
  Output no_output{{.in = pty.descriptor(), .err = file.descriptor()}};
  CHECK_FALSE(no_output.ask({}, "yes", soon()));
}

TEST_CASE("a question ends by its deadline and by an interruption") {
  const Pty pty;
  Output to{{.in = pty.descriptor(), .err = pty.descriptor()}};
  CHECK_THROWS_WITH(to.ask({}, "yes", Deadline{50ms, {}}), "out of time while waiting for an answer");
  std::stop_source stop;
  std::jthread later{[&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  }};
  CHECK_THROWS_WITH(to.ask({}, "yes", Deadline{10s, stop.get_token()}), "interrupted while waiting for an answer");
}

TEST_CASE("a live line is taken away before anything else is written") {
  const Pty pty{200};
  {
    Output to{{.out = pty.descriptor(), .err = pty.descriptor(), .colour = Colour::never}};
    to.listener().progress({.task = "clicks", .done = 10, .total = 100});
    to.listener().note(Listener::Level::info, "hello");
    to.lines("row\n");
    CHECK(to.flush());
  }
  const auto text = pty.text();
  const auto bar = text.find("clicks");
  const auto cleared = text.find("\r\x1b[K", bar);
  CHECK(bar < cleared);
  CHECK(text.find("hello\r\n", cleared) == cleared + 4);
  CHECK(text.find("row\r\n") != std::string::npos);
}

TEST_CASE("a reader that goes away is no failure, a full disk is") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  {
    Output to{{.out = ends[1]}};
    to.lines("nobody reads this\n");
    CHECK(to.closed());
    CHECK(to.flush());
  }
  ::close(ends[1]);

  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  Output to{{.out = full}};
  to.lines("no room for this\n");
  CHECK_FALSE(to.closed());
  CHECK_FALSE(to.flush());
  ::close(full);
}
