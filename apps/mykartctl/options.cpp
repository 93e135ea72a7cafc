#include <algorithm>
#include <array>

#include "command.hpp"
#include "core/text.hpp"

namespace ctl::cli {
namespace {

constexpr Option everywhere(Option option) {
  option.global = true;
  return option;
}
constexpr Option repeated(Option option) {
  option.repeatable = true;
  return option;
}

constexpr std::array options{
    // Where
    everywhere({"context", "", "NAME", "context of mykartctl.yaml; protected ones must be named each time"}),
    everywhere({"project", "C", "DIR", "folder with topics.yaml, connectors/, sql/ (default: here, then upwards to the git root)"}),
    everywhere({"brokers", "", "LIST", "Kafka bootstrap servers, host:port,host:port"}),
    everywhere({"database", "", "URL", "PostgreSQL, postgresql://user@host/name; the password comes from ~/.pgpass or PGPASSWORD"}),
    everywhere({"connect-url", "", "URL", "Kafka Connect, http://host:8083"}),
    everywhere(repeated({"kafka-property", "", "KEY=VALUE", "any librdkafka property; secrets belong into mykartctl.yaml"})),
    // How it is shown
    everywhere({"output", "o", "table|wide|json|yaml|name", "form of the answer on stdout (default: table)"}),
    everywhere({"timeout", "", "DUR", "end by then: 500ms 30s 5m 7d"}),
    everywhere({"progress", "", "auto|bar|plain|json|none", "progress on stderr (default: auto)"}),
    everywhere({"color", "", "auto|always|never", "colours (default: auto, which obeys NO_COLOR)"}),
    everywhere(repeated({"verbose", "v", "", "say more on stderr"})),
    everywhere({"quiet", "q", "", "say nothing on stderr but errors"}),
    everywhere({"help", "h", "", "this page"}),
    everywhere({"version", "V", "", "the version, and nothing else"}),
    // What may be done
    Option{"yes", "y", "", "do not ask; never reaches a destructive step"},
    Option{"dry-run", "n", "", "print the plan, write nothing, take no lock"},
    Option{"allow-destructive", "", "", "with --yes: destructive steps too"},
    Option{"confirm", "", "CONTEXT", "with --yes in a protected context: its name"},
    Option{"no-lock", "", "", "when PostgreSQL is down: no lock and no journal entry"},
    Option{"wait", "", "", "keep trying until it is so"},
    Option{"writers-gone", "", "", "your word that the application no longer writes to the tables; evidence beats it"},
    Option{"quiet-for", "", "DUR", "how long no row may have come in before the tables are fenced (default: of the context, 30s)"},
    // What it is about
    repeated({"file", "f", "FILE", "input file, - is stdin"}),
    Option{"plan", "", "FILE", "run exactly this saved plan, or refuse"},
    Option{"out", "", "FILE", "save to this file"},
    Option{"until", "", "PHASE", "stop after this phase"},
    Option{"only", "", "LIST", "restrict to these"},
    Option{"exit-code", "", "", "exit 2 when there is something to do"},
    Option{"from", "", "POSITION", "where to begin: beginning, end, -N (the last N), OFFSET, INSTANT or -2h"},
    Option{"to", "", "POSITION", "where to end, or where a group goes on: beginning, end, -N, OFFSET, INSTANT or -2h"},
    Option{"since", "", "AGE", "not older than this: an instant, or -2h; of rows also an id"},
    Option{"limit", "", "N", "at most this many"},
    Option{"rate", "", "N", "at most this many records a second"},
    Option{"key", "", "TEXT", "only records with exactly this key"},
    Option{"grep", "", "TEXT", "only records whose value contains this text"},
    repeated({"partition", "", "N", "only this partition"}),
    Option{"read-uncommitted", "", "", "also records of open and aborted transactions"},
    Option{"local", "", "", "times of the local time zone (default: UTC); JSON stays UTC"},
    Option{"internal", "", "", "also internal topics"},
    Option{"unmanaged", "", "", "only topics that topics.yaml does not declare"},
    Option{"family", "", "NAME", "only topics of this family"},
    Option{"sample", "", "DUR",
           "how much to look at: a time (default: 2s for a rate, 6s for commits, if they have to be watched), or so many rows"},
    repeated({"topic", "", "TOPIC", "only this topic"}),
    Option{"failed", "", "", "only what failed"},
    Option{"accept-loss", "", "N", "go on although so many events, as it says when it refuses, are gone that were never replayed"},
    Option{"max-dead-letters", "", "N", "stop when more events than this cannot be rows (default: 1000)"},
    Option{"follow", "", "", "go on with what arrives, until Ctrl-C"},
    Option{"deep", "", "", "compare every row and event again"},
    Option{"expect", "", "deployed|rolled-back", "what to verify (default: what the journal says)"},
    Option{"polls", "", "N", "look this many times before judging (default: 3)"},
    Option{"adopt", "", "", "take over events that another database, tool or lost checkpoint has left in the topic, if all are right"},
    Option{"repair", "", "", "send what is missing, exactly once; asks first"},
    Option{"offline", "", "", "ask no server"},
    Option{"only-failed", "", "", "only what has failed"},
    Option{"task", "", "N", "only this task"},
    Option{"keep-slot", "", "", "leave the replication slot: it holds WAL without end"},
    Option{"drop-slot", "", "", "drop the replication slot: its position is lost"},
    Option{"drop-publication", "", "", "drop the publication as well"},
    Option{"drop-offsets", "", "", "reset the connector's stored offsets as well"},
    Option{"strict", "", "", "warnings are errors"},
    Option{"origin", "", "", "also where each value came from"},
};

}  // namespace

std::span<const Option> all_options() noexcept { return options; }

const Option* find_option(std::string_view name) noexcept {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

std::vector<Taken> options_of(const Command& command) {
  std::vector<Taken> taken;
  for (auto rest = command.options; !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const auto equals = word.find('=');
    const auto* option = find_option(word.substr(0, equals));
    if (option == nullptr)
      throw Error{Code::internal, {.what = std::string{command.path} + " takes an option that does not exist: " + std::string{word}}};
    taken.push_back({option, equals == std::string_view::npos ? option->value : word.substr(equals + 1)});
  }
  for (const auto& option : options)
    if (option.global) taken.push_back({&option, option.value});
  return taken;
}

}  // namespace ctl::cli
