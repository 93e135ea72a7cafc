#include "postgres/copy.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/session.hpp"

namespace ctl::postgres {
namespace {

constexpr std::string_view reading = "reading by COPY", writing = "writing by COPY";
constexpr std::size_t send_at = 64 * 1024;

void begin(Connection::Impl& session, std::string_view sql, ExecStatusType wanted, std::string_view doing, const Deadline& until) {
  session.send(sql, doing, until);
  const auto begun = session.next_result(doing, until);
  const auto status = PQresultStatus(begun.get());
  if (status == wanted) {
    session.copying = true;
    return;
  }
  if (status == PGRES_FATAL_ERROR) {
    while (session.usable() && session.next_result(doing, until)) {}
    session.fail(until, doing, begun.get());
  }
  session.close("it was asked for something else than this COPY");
  throw Error{Code::internal, {.what = "this is no COPY in the direction that was asked for: " + std::string{sql}}};
}

/// The end that the server confirms: PQgetCopyData and PQputCopyEnd say "over" also when the backend was killed. Gives the rows it counted.
std::uint64_t confirm(Connection::Impl& session, std::string_view doing, const Deadline& until) {
  std::uint64_t rows = 0;
  RawResult failed;
  while (auto result = session.next_result(doing, until)) {
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR)
      failed = std::move(result);
    else
      rows = static_cast<std::uint64_t>(parse_integer(PQcmdTuples(result.get())).value_or(0));
  }
  session.copying = false;
  if (failed) session.fail(until, doing, failed.get());
  if (!session.usable()) session.fail(until, doing, "", session.last_words());
  session.pass_on_notices();
  return rows;
}

// The binary format (PostgreSQL manual, COPY, "Binary Format").
constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};

[[noreturn]] void cut_short() { throw Error{Code::failed, {.what = "a row of a COPY is shorter than it says"}}; }

inline std::string_view take(std::string_view& bytes, std::size_t size) {
  if (size > bytes.size()) cut_short();
  const auto taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

void pass_header(std::string_view& bytes) {
  if (take(bytes, signature.size()) != signature) throw Error{Code::failed, {.what = "a COPY does not begin as a binary one does"}};
  take(bytes, 4);  // flags
  take(bytes, static_cast<std::size_t>(to_integer(take(bytes, 4))));
}

/// False for the end of the data.
bool split_row(std::string_view bytes, std::vector<std::optional<std::string_view>>& fields) {
  const auto count = to_integer(take(bytes, 2));
  if (count < 0) return false;
  fields.resize(static_cast<std::size_t>(count));
  for (auto& field : fields) {
    const auto size = to_integer(take(bytes, 4));
    if (size < 0)
      field.reset();
    else
      field = take(bytes, static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

CopyReader Connection::copy_out(std::string_view query, const Deadline& until) {
  begin(*impl_, fmt::format("copy ({}) to stdout (format binary)", query), PGRES_COPY_OUT, reading, until);
  return CopyReader{*impl_};
}
CopyWriter Connection::copy_in(std::string_view sql, const Deadline& until) {
  begin(*impl_, sql, PGRES_COPY_IN, writing, until);
  return CopyWriter{*impl_};
}

CopyReader::CopyReader(Connection::Impl& session) : session_{&session} {}
CopyReader::CopyReader(CopyReader&& other) noexcept
    : session_{std::exchange(other.session_, nullptr)},
      buffer_{std::exchange(other.buffer_, nullptr)},
      headed_{other.headed_},
      row_{std::move(other.row_)} {}
CopyReader::~CopyReader() {
  PQfreemem(buffer_);
  if (session_ == nullptr) return;
  session_->copying = false;
  session_->close("a COPY was not read to its end");
}

std::optional<CopyReader::Row> CopyReader::next(const Deadline& until) {
  while (session_ != nullptr) {
    PQfreemem(std::exchange(buffer_, nullptr));
    int size = PQgetCopyData(session_->raw, &buffer_, 1);
    for (bool wait = false; size == 0; wait = !wait) {  // first what came meanwhile
      session_->read(wait, reading, until);
      size = PQgetCopyData(session_->raw, &buffer_, 1);
    }
    if (size == -2) session_->fail(until, reading, "", session_->last_words());
    if (size < 0) {
      confirm(*session_, reading, until);
      session_ = nullptr;
      break;
    }
    std::string_view bytes{buffer_, static_cast<std::size_t>(size)};
    if (!std::exchange(headed_, true)) pass_header(bytes);
    if (split_row(bytes, row_)) return Row{row_};
  }
  return std::nullopt;
}

CopyWriter::CopyWriter(Connection::Impl& session) : session_{&session} {}
CopyWriter::CopyWriter(CopyWriter&& other) noexcept
    : session_{std::exchange(other.session_, nullptr)}, pending_{std::move(other.pending_)} {}
CopyWriter::~CopyWriter() {
  if (session_ == nullptr) return;
  auto& session = *session_;
  session.copying = false;
  const Deadline soon{1s, {}};
  const auto cancelled = attempt([&] {
    session.call(soon, writing, [&] { return PQputCopyEnd(session.raw, "the client gave up"); });
    while (session.next_result(writing, soon)) {}
  });
  if (!cancelled) session.close("a COPY could not be cancelled");
}

void CopyWriter::add(std::span<const std::optional<std::string_view>> row, const Deadline& until) {
  if (session_ == nullptr) throw Error{Code::internal, {.what = "a row was added to a COPY that is finished"}};
  for (const auto& field : row) {
    if (field)
      escape(*field, pending_);
    else
      pending_ += "\\N";
    pending_ += '\t';
  }
  if (row.empty())
    pending_ += '\n';
  else
    pending_.back() = '\n';
  if (pending_.size() >= send_at) flush(until);
}

void CopyWriter::flush(const Deadline& until) {
  const auto size = static_cast<int>(pending_.size());
  session_->push(until, writing, [&] { return PQputCopyData(session_->raw, pending_.data(), size); });
  pending_.clear();
}

std::uint64_t CopyWriter::finish(const Deadline& until) {
  if (session_ == nullptr) throw Error{Code::internal, {.what = "a COPY was finished twice"}};
  if (!pending_.empty()) flush(until);
  auto& session = *session_;
  session.push(until, writing, [&] { return PQputCopyEnd(session.raw, nullptr); });
  session_ = nullptr;
  return confirm(session, writing, until);
}

}  // namespace ctl::postgres
