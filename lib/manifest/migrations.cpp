#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

void add(Problems& problems, std::string rule, std::string what, Position at, std::string hint = {}, Severity severity = Severity::error) {
  problems.push_back(
      {.what = std::move(what), .at = std::move(at), .hint = std::move(hint), .rule = std::move(rule), .severity = severity});
}

/// "0001_core.deploy.sql"
struct FileName {
  std::string id{}, part{};
};
std::optional<FileName> split_name(std::string_view name) {
  constexpr std::string_view digits = "0123456789", letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || dot < 6 || name[4] != '_') return std::nullopt;
  if (name.substr(0, 4).find_first_not_of(digits) != std::string_view::npos ||
      name.substr(5, dot - 5).find_first_not_of(letters) != std::string_view::npos)
    return std::nullopt;
  for (const auto* part : {"deploy", "verify", "revert"})
    if (name.substr(dot + 1) == std::string{part} + ".sql") return FileName{std::string{name.substr(0, dot)}, part};
  return std::nullopt;
}

/// The directives in the comments at the head of a deploy file.
class Head {
 public:
  Head(std::string_view text, std::string file, Problems& problems) : file_{std::move(file)}, problems_{problems} {
    for (int line = 1; !text.empty(); ++line) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto content = trim(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!content.empty() && !content.starts_with("--")) break;
      if (!content.empty()) directive(trim(content.substr(2)), {file_, line, 1});
    }
  }

  void into(Migration& migration) {
    migration.transactional = !no_transaction_;
    if (!phase_)
      return add(problems_, "phase", "the phase is missing", {file_, 1, 1},
                 "begin the file with `-- phase: expand` or `-- phase: contract`");
    migration.phase = *phase_ == "contract" ? Migration::Phase::contract : Migration::Phase::expand;
    migration.run_by = run_by_ == "finalize" ? Migration::RunBy::finalize : Migration::RunBy::deploy;
    const bool contract = migration.phase == Migration::Phase::contract;
    if (contract && !run_by_)
      add(problems_, "run-by", "a contract migration says who runs it", {file_, 1, 1}, "add `-- run-by: deploy` or `-- run-by: finalize`");
    if (contract && migration.run_by == Migration::RunBy::deploy && no_transaction_)
      add(problems_, "no-transaction", "tables are retired in the transaction that counts them last", {file_, 1, 1},
          "take `-- no-transaction` out");
    if (!contract && run_by_)
      add(problems_, "run-by", "run-by is for contract migrations; expand ones are run by whoever comes first", run_by_at_, "take it out");
  }

 private:
  void directive(std::string_view text, const Position& at) {
    if (text == "no-transaction") {
      no_transaction_ = true;
      return;
    }
    const auto colon = text.find(':');
    const auto word = text.substr(0, colon);
    if (colon == std::string_view::npos || word.find(' ') != std::string_view::npos) return;  // a sentence
    const std::string value{trim(text.substr(colon + 1))};
    if (word == "phase")
      set(phase_, value, {"expand", "contract"}, word, at);
    else if (word == "run-by")
      set(run_by_, value, {"deploy", "finalize"}, word, at), run_by_at_ = at;
    else if (const auto near = nearest(word, words); near)
      add(problems_, "directive", fmt::format("unknown directive '{}'", word), at, did_you_mean(near));
  }
  void set(std::optional<std::string>& into, const std::string& value, const std::vector<std::string>& allowed, std::string_view word,
           const Position& at) {
    if (into) add(problems_, "directive", fmt::format("'{}' is there twice", word), at);
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
      add(problems_, "directive", fmt::format("'{}' is '{}', it should be one of {}", word, value, join(allowed, ", ")), at,
          did_you_mean(nearest(value, allowed)));
    into = value;
  }

  static inline const std::vector<std::string> words{"phase", "run-by", "no-transaction"};
  std::string file_;
  Problems& problems_;
  std::optional<std::string> phase_{}, run_by_{};
  Position run_by_at_{};
  bool no_transaction_{};
};

void check_numbers(const std::vector<Migration>& migrations, Problems& problems) {
  std::int64_t expected = 1;
  for (const auto& migration : migrations) {
    const auto number = parse_integer(migration.id.substr(0, 4)).value_or(0);
    const Position at{migration.deploy_file, 1, 1};
    if (number == 0)
      add(problems, "migration-number", "numbers begin with 0001", at);
    else if (number < expected)
      add(problems, "migration-number", fmt::format("the number {} is there twice", migration.id.substr(0, 4)), at,
          "migrations run in the order of their numbers");
    if (number > expected)
      add(problems, "migration-number", fmt::format("{:04} is missing before {}", expected, migration.id), at, "numbers have no gaps");
    expected = number + 1;
  }
}

}  // namespace

std::vector<Migration> read_migrations(const Texts& texts, const std::string& folder, Problems& problems) {
  std::map<std::string, Migration> by_id;
  for (const auto& [name, text] : texts) {
    const auto file = fmt::format("{}/{}", folder, name);
    const auto split = split_name(name);
    if (!split) {
      add(problems, "migration-name", fmt::format("'{}' is no name of a migration", name), {file, 1, 1},
          "NNNN_name.deploy.sql, .verify.sql or .revert.sql");
      continue;
    }
    auto& migration = by_id[split->id];
    migration.id = split->id;
    if (split->part == "deploy")
      migration.deploy = text, migration.deploy_file = file;
    else if (split->part == "verify")
      migration.verify = text, migration.verify_file = file;
    else
      migration.revert = text, migration.revert_file = file;
  }
  std::vector<Migration> migrations;
  for (auto& [id, migration] : by_id) {
    if (migration.deploy_file.empty()) {
      add(problems, "migration-files", fmt::format("there is no {}.deploy.sql", id),
          {migration.verify_file.empty() ? migration.revert_file : migration.verify_file, 1, 1});
      continue;
    }
    Head{migration.deploy, migration.deploy_file, problems}.into(migration);
    if (migration.verify_file.empty())
      add(problems, "migration-files",
          fmt::format("there is no {}.verify.sql: what exists already cannot be taken over, and nothing shows that it worked", id),
          {migration.deploy_file, 1, 1}, "SQL that raises an exception unless everything is as it should be", Severity::warning);
    migration.digest = sha256(migration.deploy);
    migrations.push_back(std::move(migration));
  }
  check_numbers(migrations, problems);
  return migrations;
}

}  // namespace ctl::manifest
