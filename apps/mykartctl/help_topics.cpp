#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "help.hpp"

namespace ctl::cli {
namespace {

struct Topic {
  std::string_view name{};
  std::string_view text{};
};

constexpr std::array topics{
    Topic{"environment", R"(Settings, the first one that is there wins:

  1. options                     --brokers, --database, --connect-url, --kafka-property, --context …
  2. MYKART_* variables          MYKART_CONTEXT MYKART_BROKERS MYKART_DATABASE MYKART_CONNECT_URL
                                 MYKART_OUTPUT MYKART_PROJECT
  3. the context                 contexts: in mykartctl.yaml
  4. KAFKA_BROKERS, PG*          what the application and psql use too
  5. defaults                    localhost:9092, localhost:5432, http://localhost:8083

mykartctl config show --origin   says where each value comes from.
A MYKART_* connection that contradicts a context named by --context is an error, not a choice.

Passwords are never options. PostgreSQL: ~/.pgpass or PGPASSWORD. Kafka and Connect: a file that
mykartctl.yaml names. No output, log, plan or journal ever holds one.
NO_COLOR, TERM=dumb and COLUMNS are obeyed.)"},
    Topic{"output", R"(stdout is the answer, stderr is everything else: progress, notes, questions, errors.

  -o table   for people; nothing is ever cut
  -o wide    the same with more columns
  -o json    one document, also on failure (then with "error"); numbers are numbers, times RFC 3339
             UTC, units are in the key (_ms, _bytes)
  -o yaml    the same document
  -o name    one name a line, for xargs

The envelope is the same in every command:
  kind version tool context time ok exit_code error warnings unknown, and the command's own keys.
Not known is null plus an entry in "unknown"; not applicable is null without one; arrays are never null.
"version" grows when keys are added; keys are not renamed or removed.
`topics monitor -o json` and `topics produce -o json` are streams: one object a line. What the first prints
is what the second reads, byte for byte.)"},
    Topic{"manifest", R"(What you write, all of it in one folder (see -C):

  topics.yaml                    families with their naming rule and retention; every topic; for each
                                 event table its id, time column, key and JSON members
  connectors/*.json              Connect's own {name, config}; secrets only by reference, ${env:…}
  sql/migrations/                NNNN_name.deploy.sql, .verify.sql, .revert.sql; the first comment
                                 lines say `-- phase: expand` or `-- phase: contract`
  mykartctl.yaml                 contexts: brokers, database, connect_url, protected, pinned identities

mykartctl validate               checks all of it without any server: every finding, with file, line
                                 and column, and what to write instead.)"},
    Topic{"destructive", R"(What has to be typed before something is done:

  class         at a terminal        in a script                     protected context, in addition
  safe          yes                  --yes                           the context's name / --confirm NAME
  disruptive    yes                  --yes                           the same
  destructive   the object's name    --yes --allow-destructive       object, then context / --confirm NAME

safe: additive, exactly undone. disruptive: restarts, fences, retires. destructive: deletes.

The plan with its numbers is always printed first, also under --yes. A plan with a destructive step
is refused whole when that is not allowed, never run up to it. --dry-run prints the plan and writes
nothing: the PostgreSQL session is read only at the server, and nothing that could write to Kafka or
Connect is made. Without a terminal there is no question: the command ends 5 and names the option.)"},
    Topic{"checks", R"(Six commands judge, each answers one question:

  validate     are my files right? Asks no server
  preflight    may I start?
  status       what is now?
  verify       did it do what it promised?
  events reconcile     is each row there?
  topics, connector status     is this one as declared?

RESULT is ok, warn, fail or unknown. Unknown is never good: it shows in the exit code (4).

preflight
  server          answers, and is what it has to be; Connect stands on the same Kafka cluster
  identity        the pinned cluster and database, if the context pins them
  wal_level       logical, with a free replication slot
  rights          role, grants and publication can be made
  replication     as many brokers as topics.yaml wants copies
  table           the event tables are there, or a migration makes them
  append-only     no row of them was updated or deleted; their sequences hand out ids one by one
  key             the id is a key of one integer column
  columns         events can carry the type of every field; the key and the time are there
  rows            every row that is not moved yet can be an event: its values, its time within the
                  broker's limits (message.timestamp.*.max.ms), its size; what cannot is named by ids
  microseconds    how many rows have times of which events carry milliseconds only
  time-zone       what topics.yaml says of the times is what the server says
  retention       old events survive the move: deploy keeps every record until finalize, whatever retention.ms,
                  retention.bytes and cleanup.policy say
  dependents      views and foreign keys on the tables are known to a migration

verify
  core-unchanged  the tables that stay have the rows and contents they had
  tables          only they are in public, or all of them after a rollback
  dependents      views went with their tables
  topics          exist as declared
  events-arrive   the application writes to them
  rows-in-topic   every row is an event: both are counted, and what was proved is still what is there (topic, offsets,
                  table, rows); --deep compares all contents again
  partition-parity  keys stand where the application's own producer puts them
  connector, captured-tables, wal-held     healthy, exactly the declared tables, no WAL piles up
  retention       the topics keep the history: nothing removes records by age, size or key
  leftovers       no fence, open transaction or step in doubt is left
  ledger          every replayed event is a row, came from the table, or is a dead letter)"},
    Topic{"phases", R"(deploy      preflight schema topics backfill tail fence reconcile connector retire verify
rollback    preflight restore replay tail final constraints reconcile connector topics verify

preflight     may it start: servers, rights, settings, data
schema        expand migrations; nothing is dropped
topics        declared topics; those that take rows keep every record until finalize
backfill      the tables' rows become events, each exactly once
tail          rows that come meanwhile; here deploy waits for the application to be switched (exit 3)
fence         the writers are gone, and cannot come back unseen
reconcile     each row is in its topic, proved; a proof that no longer holds is made again
connector     Debezium captures the core tables
retire        event tables move to the schema of retired tables, with their views

restore       the tables are back and writable, in seconds
replay        events that came after the switch become rows, or dead letters with a reason
final         the last events, when the application writes to the tables again
constraints   what was left off for the load

--until PHASE stops behind a phase with exit 0. Every phase may be interrupted at any moment, kill -9
included: the same command looks at what is there and goes on.)"},
};

Report exit_codes() {
  Report page{.kind = "help"};
  Value codes{Value::List{}};
  page.line("Small numbers are answers, large ones are failures.").line("");
  for (const auto& code : exit_meanings) {
    page.line(fmt::format("  {:>3}  {}", static_cast<int>(code.exit), code.meaning));
    Value one;
    codes.push(one.set("code", static_cast<int>(code.exit)).set("meaning", code.meaning));
  }
  page.line("").line("In CI: 0 go on; 3 run the same command again; 4 and 5 somebody has to look; anything else is broken.");
  page.data.set("exit_codes", std::move(codes));
  return page;
}

}  // namespace

std::vector<std::string> topic_names() {
  std::vector<std::string> names{"exit-codes"};
  for (const auto& topic : topics) names.emplace_back(topic.name);
  return names;
}

std::optional<Report> topic_page(std::string_view name) {
  if (name == "exit-codes") return exit_codes();
  if (name == "options") return options_page();
  const auto found = std::find_if(topics.begin(), topics.end(), [&](const Topic& topic) { return topic.name == name; });
  if (found == topics.end()) return std::nullopt;
  Report page{.kind = "help"};
  for (auto rest = found->text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    page.line(std::string{line});
  }
  page.data.set("topic", name).set("text", found->text);
  return page;
}

}  // namespace ctl::cli
