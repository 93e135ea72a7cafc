#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace process {
namespace {

[[noreturn]] void fail(const std::string& doing) { throw std::runtime_error{doing + ": " + std::strerror(errno)}; }

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_{fd} {}
  Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const noexcept { return fd_; }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_{-1};
};

/// The six ends between us and the child. All close on exec: the child's own are duplicated to 0, 1 and 2.
struct Ends {
  Descriptor input{}, out{}, err{};
  Descriptor child_input{}, child_out{}, child_err{};
};

std::pair<Descriptor, Descriptor> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) fail("pipe");
  return {Descriptor{fds[0]}, Descriptor{fds[1]}};
}

Descriptor duplicate(const Descriptor& of) {
  Descriptor copy{::fcntl(of.get(), F_DUPFD_CLOEXEC, 0)};
  if (copy.get() < 0) fail("dup");
  return copy;
}

Ends make_pipes() {
  Ends ends;
  std::tie(ends.child_input, ends.input) = make_pipe();
  std::tie(ends.out, ends.child_out) = make_pipe();
  std::tie(ends.err, ends.child_err) = make_pipe();
  return ends;
}

Ends make_terminal(const Options& options) {
  Ends ends;
  ends.out = Descriptor{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  std::array<char, 64> name{};
  if (ends.out.get() < 0 || ::grantpt(ends.out.get()) != 0 || ::unlockpt(ends.out.get()) != 0) fail("pseudo terminal");
  if (::ptsname_r(ends.out.get(), name.data(), name.size()) != 0) fail("pseudo terminal's name");
  const winsize size{.ws_row = options.rows, .ws_col = options.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(ends.out.get(), TIOCSWINSZ, &size) != 0) fail("terminal's size");
  ends.input = duplicate(ends.out);
  ends.child_input = Descriptor{::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
  if (ends.child_input.get() < 0) fail("opening the terminal");
  ends.child_out = duplicate(ends.child_input);
  ends.child_err = duplicate(ends.child_input);
  return ends;
}

std::vector<std::string> environment(const Options& options) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string pair{*entry}, name = pair.substr(0, pair.find('='));
    if (!options.environment.contains(name) && std::ranges::find(options.without, name) == options.without.end()) all.push_back(pair);
  }
  for (const auto& [name, value] : options.environment) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// What runs between fork and exec: system calls alone, for other threads of the test may hold any lock.
[[noreturn]] void become(const std::vector<char*>& arguments, const std::vector<char*>& variables, const Ends& ends, const Options& options,
                         pid_t parent) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(ends.child_input.get(), 0);
  ::dup2(ends.child_out.get(), 1);
  ::dup2(ends.child_err.get(), 2);
  if (options.terminal) ::ioctl(0, TIOCSCTTY, 0);
  if (options.folder.empty() || ::chdir(options.folder.c_str()) == 0) ::execvpe(arguments[0], arguments.data(), variables.data());
  for (const char* text : {static_cast<const char*>(arguments[0]), ": ", static_cast<const char*>(::strerrordesc_np(errno)), "\n"})
    static_cast<void>(!::write(2, text, std::strlen(text)));
  ::_exit(127);
}

std::string quoted(std::string_view text) { return '"' + std::string{text} + '"'; }

}  // namespace

/// The thread is the child's keeper from fork to end: the kernel kills the child when the thread that forked it dies, not the program.
struct Child::State {
  std::string command{};
  Ends ends{};
  pid_t pid{-1};
  mutable std::mutex lock{};
  std::condition_variable changed{};
  std::string out{}, err{};
  std::optional<int> status{};
  long peak_kilobytes{};
  std::jthread keeper{};

  void keep(std::promise<void> started, std::vector<std::string> words, const Options& options);
  bool read_some(Descriptor& from, std::string& to);
  void read_until_ended(const Descriptor& child);
  [[noreturn]] void give_up(const std::string& why) const;
};

void Child::State::keep(std::promise<void> started, std::vector<std::string> words, const Options& options) {
  auto variables = environment(options);
  const auto argument_pointers = pointers(words), variable_pointers = pointers(variables);
  const auto parent = ::getpid();
  auto [executed, executing] = make_pipe();
  pid = ::fork();
  if (pid == 0) become(argument_pointers, variable_pointers, ends, options, parent);
  ends.child_input.close();
  ends.child_out.close();
  ends.child_err.close();
  if (pid < 0) return started.set_exception(std::make_exception_ptr(std::runtime_error{command + ": cannot fork"}));
  executing.close();
  char nothing{};
  static_cast<void>(!::read(executed.get(), &nothing, 1));  // ends with exec: from here on the child has its session and its signals
  started.set_value();
  read_until_ended(Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))});
}

/// False at the end of `from`, which is then closed.
bool Child::State::read_some(Descriptor& from, std::string& to) {
  std::array<char, 16384> buffer{};
  const auto count = ::read(from.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count <= 0) {  // a terminal that nobody has open any more says EIO
    from.close();
    return false;
  }
  const std::lock_guard hold{lock};
  to.append(buffer.data(), static_cast<std::size_t>(count));
  changed.notify_all();
  return true;
}

void Child::State::read_until_ended(const Descriptor& child) {
  for (int fd : {ends.out.get(), ends.err.get()})
    if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  for (bool ended = false; !ended;) {
    std::array<pollfd, 3> sources{{{ends.out.get(), POLLIN, 0}, {ends.err.get(), POLLIN, 0}, {child.get(), POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), -1) < 0) continue;
    ended = sources[2].revents != 0;
    while (read_some(ends.out, out)) {}
    while (read_some(ends.err, err)) {}
  }
  siginfo_t end{};
  rusage used{};
  ::syscall(SYS_waitid, P_PID, pid, &end, WEXITED | WNOWAIT, &used);  // stays a zombie, so that kill() cannot meet another owner of the pid
  const std::lock_guard hold{lock};
  status = end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
  peak_kilobytes = used.ru_maxrss;
  changed.notify_all();
}

void Child::State::give_up(const std::string& why) const {
  throw std::runtime_error{command + ": " + why + "\n--- stdout\n" + out + "\n--- stderr\n" + err};
}

Child::Child(std::vector<std::string> command, Options options) : state_{std::make_unique<State>()} {
  std::signal(SIGPIPE, SIG_IGN);  // a child that does not read its input is a failed write, not the end of the test
  for (const auto& word : command) state_->command += (state_->command.empty() ? "" : " ") + word;
  state_->ends = options.terminal ? make_terminal(options) : make_pipes();
  std::promise<void> started;
  auto ready = started.get_future();
  state_->keeper = std::jthread{[state = state_.get(), words = std::move(command), options = std::move(options)](std::promise<void> p) {
                                  state->keep(std::move(p), words, options);
                                },
                                std::move(started)};
  ready.get();
}

Child::~Child() {
  kill();
  state_->keeper.join();
  ::waitpid(state_->pid, nullptr, 0);
}

pid_t Child::pid() const noexcept { return state_->pid; }

bool Child::running() const {
  const std::lock_guard hold{state_->lock};
  return !state_->status;
}
std::string Child::out() const {
  const std::lock_guard hold{state_->lock};
  return state_->out;
}
std::string Child::err() const {
  const std::lock_guard hold{state_->lock};
  return state_->err;
}
long Child::peak_kilobytes() const {
  const std::lock_guard hold{state_->lock};
  return state_->peak_kilobytes;
}

void Child::write(std::string_view text) {
  while (!text.empty()) {
    pollfd room{state_->ends.input.get(), POLLOUT, 0};
    ::poll(&room, 1, 1000);
    const auto count = ::write(room.fd, text.data(), text.size());
    if (count < 0 && errno == EPIPE) return;  // it has ended before its input did, and its exit says why
    if (count < 0 && errno != EAGAIN && errno != EINTR) fail(state_->command + ": writing to its input");
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}
void Child::close_input() { state_->ends.input.close(); }

void Child::signal(int number) {
  const std::lock_guard hold{state_->lock};
  if (!state_->status) ::kill(state_->pid, number);
}
void Child::kill() {
  const std::lock_guard hold{state_->lock};
  ::kill(-state_->pid, SIGKILL);
}

void Child::wait_until(const std::function<bool(const std::string&, const std::string&)>& seen, std::string_view what,
                       Milliseconds timeout) {
  std::unique_lock hold{state_->lock};
  const auto& [out, err, status] = std::tie(state_->out, state_->err, state_->status);
  state_->changed.wait_for(hold, timeout, [&] { return state_->status || seen(state_->out, state_->err); });
  if (!seen(out, err)) state_->give_up((status ? "ended without " : "still without ") + std::string{what});
}

void Child::wait_for(std::string_view text, Milliseconds timeout) {
  const auto holds = [&](const std::string& in) { return in.find(text) != std::string::npos; };
  wait_until([&](const std::string& out, const std::string& err) { return holds(out) || holds(err); }, quoted(text), timeout);
}

std::string Child::wait_for_line(std::string_view text, Milliseconds timeout) {
  std::string line;
  const auto find = [&](const std::string& in) {
    for (std::size_t start = 0, end = 0; (end = in.find('\n', start)) != std::string::npos; start = end + 1)
      if (line = in.substr(start, end - start); line.find(text) != std::string::npos) return true;
    return false;
  };
  wait_until([&](const std::string& out, const std::string& err) { return find(out) || find(err); }, "a line with " + quoted(text),
             timeout);
  return line;
}

int Child::wait(Milliseconds timeout) {
  std::unique_lock hold{state_->lock};
  if (!state_->changed.wait_for(hold, timeout, [this] { return state_->status.has_value(); })) state_->give_up("has not ended");
  return *state_->status;
}

Ended run(std::vector<std::string> command, Options options, std::string_view input, Milliseconds timeout) {
  Child child{std::move(command), std::move(options)};
  if (!input.empty()) child.write(input);
  child.close_input();
  const int status = child.wait(timeout);
  return {.status = status, .out = child.out(), .err = child.err(), .peak_kilobytes = child.peak_kilobytes()};
}

}  // namespace process
