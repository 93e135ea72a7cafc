#pragma once
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Programs as tests start them: the built binary with its environment, in pipes or on a terminal. Nothing outlives the test: a child that
/// is still there is killed with all it started when its object goes, and when the test program itself dies.
namespace process {
using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

struct Options {
  std::map<std::string, std::string> environment{};  ///< on top of the test's own
  std::vector<std::string> without{};                ///< variables of the test's own that the child must not see
  std::string folder{};                              ///< working folder, "" for the test's own
  bool terminal{};                                   ///< stdin, stdout and stderr are one pseudo terminal; its output is out()
  unsigned short columns{120}, rows{40};             ///< of the terminal
};

/// One running program, leader of a session of its own. Every member may be called from any thread; every wait throws std::runtime_error,
/// with the command and what it has printed, when the time is over.
class Child {
 public:
  /// `command[0]` is looked up in PATH. What cannot be started ends with status 127 and the reason in err().
  explicit Child(std::vector<std::string> command, Options options = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const noexcept;
  [[nodiscard]] bool running() const;
  [[nodiscard]] std::string out() const;      ///< all of stdout so far (of the terminal: of both)
  [[nodiscard]] std::string err() const;      ///< all of stderr so far
  [[nodiscard]] long peak_kilobytes() const;  ///< most memory resident at once, known after the end; 0 before

  void write(std::string_view text);  ///< to stdin; on a terminal "\x03" is Ctrl-C and "\x04" the end of input
  void close_input();                 ///< end of stdin (not of a terminal: write "\x04")
  void signal(int number);            ///< to the program alone; nothing happens when it has ended
  void kill();                        ///< kill -9 to the program and all it started

  /// Until `seen(out, err)`; throws as well when the program ended without it.
  void wait_until(const std::function<bool(const std::string& out, const std::string& err)>& seen, std::string_view what,
                  Milliseconds timeout = 20s);
  void wait_for(std::string_view text, Milliseconds timeout = 20s);  ///< until it was printed on either stream
  /// Until a whole line that holds `text` was printed on either stream; the first such line, without its end.
  std::string wait_for_line(std::string_view text, Milliseconds timeout = 20s);
  /// Until the program has ended and all its output is read; its exit status, 128 + n after signal n (as a shell says it).
  int wait(Milliseconds timeout = 20s);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Ended {
  int status{};
  std::string out{}, err{};
  long peak_kilobytes{};
};
/// Runs a program to its end with `input` on its stdin, as far as it reads it.
[[nodiscard]] Ended run(std::vector<std::string> command, Options options = {}, std::string_view input = {}, Milliseconds timeout = 60s);

}  // namespace process
