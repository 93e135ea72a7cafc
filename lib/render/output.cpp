#include "render/output.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "render/envelope.hpp"
#include "render/progress.hpp"
#include "render/secrets.hpp"
#include "render/stream.hpp"
#include "render/width.hpp"

namespace ctl::render {
namespace {

Meter::Options meter_options(const Terminal& terminal, const Look& err, Clean clean) {
  auto showing = terminal.progress;
  if (showing == Showing::automatic) showing = err.animate ? Showing::bar : Showing::plain;
  if (showing == Showing::bar && !err.animate) showing = Showing::plain;
  if (terminal.quiet && showing != Showing::json) showing = Showing::none;
  const auto least = terminal.quiet ? Listener::Level::warn : terminal.verbose ? Listener::Level::debug : Listener::Level::info;
  return {.showing = showing, .least = least, .look = err, .clean = std::move(clean)};
}

/// With every text in it cleaned by `mask`, keys included.
Value masked(const Value& value, const Secrets& secrets) {
  if (const auto* text = value.text()) return secrets.masked(*text);
  if (const auto* list = value.list()) {
    Value::List out;
    for (const auto& item : *list) out.push_back(masked(item, secrets));
    return out;
  }
  if (const auto* map = value.map()) {
    Value::Map out;
    for (const auto& member : *map) out.push_back({secrets.masked(member.key), masked(member.value, secrets), {}});
    return out;
  }
  return value;
}

Error masked(const Error& error, const Secrets& secrets) {
  const auto& text = error.text();
  Error safe{error.code(),
             {.what = secrets.masked(text.what),
              .cause = secrets.masked(text.cause),
              .where = secrets.masked(text.where),
              .hint = secrets.masked(text.hint)}};
  for (const auto& activity : error.during()) safe.within(secrets.masked(activity));
  return safe;
}

}  // namespace

struct Output::Impl {
  explicit Impl(Terminal wanted) : terminal{std::move(wanted)} {}

  Terminal terminal;
  Secrets secrets{};
  std::string context{};
  Look out_look{look_of(terminal.out, terminal)}, err_look{look_of(terminal.err, terminal)};
  Stream out{terminal.out, secrets}, err{terminal.err, secrets};
  Clean clean{[this](std::string_view text) { return printable(secrets.masked(text)); }};
  Meter meter{meter_options(terminal, err_look, clean), [this](std::string_view text) { to_err(text); },
              [] { return std::chrono::steady_clock::now(); }};

  void to_err(std::string_view text) {
    err.write(text);
    err.end();
  }
  void to_out(std::string_view text) {
    meter.clear();  // stdout may be the same terminal
    out.write(text);
  }
  [[nodiscard]] bool structured() const { return terminal.format == Format::json || terminal.format == Format::yaml; }
  [[nodiscard]] Value document(const Report& report, int exit_code, const Error* error) const {
    return masked(
        envelope(report, {.version = terminal.version, .context = context, .time = now(), .exit_code = exit_code, .error = error}),
        secrets);
  }
  void print_document(const Value& document) { to_out(terminal.format == Format::yaml ? to_yaml(document) : to_json(document, 2) + '\n'); }
  void warn(const std::string& label, std::string_view text) {
    if (!terminal.quiet) to_err(styled(label, Style::warn, err_look.colour) + " " + clean(text) + '\n');
  }
};

Output::Output(Terminal terminal) : impl_{std::make_unique<Impl>(std::move(terminal))} { std::signal(SIGPIPE, SIG_IGN); }

Output::~Output() {
  impl_->meter.finish();
  impl_->out.end();
}

void Output::hide(const Secret& secret) { impl_->secrets.add(secret); }
void Output::context(std::string name) { impl_->context = std::move(name); }

void Output::print(const Report& report, int exit_code) {
  auto& to = *impl_;
  to.meter.finish();
  if (to.structured()) return to.print_document(to.document(report, exit_code, nullptr));
  if (to.terminal.format == Format::name) {
    for (const auto& name : report.names) to.to_out(to.clean(name) + '\n');
  } else {
    to.to_out(blocks_text(report, to.terminal.format == Format::wide, to.out_look, to.clean));
  }
  for (const auto& warning : report.warnings) to.warn("mykartctl: warning:", warning);
  for (const auto& fact : report.unknown) to.warn("mykartctl: not known:", fact.path + ": " + fact.reason);
}

void Output::error(const Error& error, int exit_code, const Report& so_far) {
  auto& to = *impl_;
  to.meter.finish();
  to.to_err(error_text(masked(error, to.secrets), to.err_look.colour, to.clean));
  if (to.structured()) to.print_document(to.document(so_far, exit_code, &error));
}

std::string Output::document(const Report& report, int exit_code) const { return to_json(impl_->document(report, exit_code, nullptr), 2); }

void Output::lines(std::string_view text) { impl_->to_out(text); }
void Output::print_verbatim(std::string_view text) { impl_->to_out(impl_->secrets.masked(text)); }

bool Output::can_ask() const noexcept { return is_terminal(impl_->terminal.in) && is_terminal(impl_->terminal.err); }

void Output::show(const Report& report) {
  impl_->meter.finish();
  impl_->to_err(blocks_text(report, false, impl_->err_look, impl_->clean));
}

bool Output::ask(const Report& about, std::string_view word, const Deadline& until, std::string_view prompt) {
  auto& to = *impl_;
  show(about);
  if (!can_ask()) return false;
  to.to_err(prompt.empty() ? "Type " + to.clean(word) + ": " : to.clean(prompt));
  for (std::string answer;;) {
    until.check("waiting for an answer");
    pollfd typed{.fd = to.terminal.in, .events = POLLIN, .revents = 0};
    if (::poll(&typed, 1, until.left_ms()) <= 0) continue;
    char c = 0;
    const auto got = ::read(to.terminal.in, &c, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    if (c == '\n') return trim(answer) == word;
    answer += c;
  }
}

Format Output::format() const noexcept { return impl_->terminal.format; }
bool Output::coloured() const noexcept { return impl_->out_look.colour; }
bool Output::hides(std::string_view text) const noexcept { return impl_->secrets.found_in(text); }
Listener& Output::listener() { return impl_->meter; }
bool Output::closed() const noexcept { return impl_->out.gone(); }

bool Output::flush() {
  impl_->meter.finish();
  impl_->out.end();
  return !impl_->out.failed();
}

}  // namespace ctl::render
