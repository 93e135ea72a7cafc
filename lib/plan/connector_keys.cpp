#include "plan/connector_keys.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace ctl::plan {
namespace {

/// What `validate` of Debezium 3.6.1 lists, and what its manual documents beyond that.
constexpr std::string_view known =
    "binary.handling.mode column.exclude.list column.include.list column.propagate.source.type config.action.reload "
    "connection.validation.timeout.ms connector.class converters custom.metric.tags custom.sanitize.pattern database.dbname "
    "database.hostname database.initial.statements database.password database.port database.query.timeout.ms database.sslcert "
    "database.sslfactory database.sslkey database.sslmode database.sslpassword database.sslrootcert database.tcpKeepAlive "
    "database.user datatype.propagate.source.type decimal.handling.mode errors.log.enable errors.log.include.messages "
    "errors.max.retries errors.retry.delay.max.ms errors.retry.timeout errors.tolerance event.processing.failure.handling.mode "
    "exactly.once.support executor.shutdown.timeout.ms extended.headers.enabled field.name.adjustment.mode "
    "guardrail.collections.limit.action guardrail.collections.max header.converter header.converter.plugin.version "
    "heartbeat.action.query heartbeat.interval.ms heartbeat.topics.prefix hstore.handling.mode include.schema.comments "
    "include.unknown.datatypes incremental.snapshot.chunk.size incremental.snapshot.watermarking.strategy "
    "internal.advanced.metrics.enable internal.legacy.snapshot.max.threads internal.log.position.check.enable "
    "internal.snapshot.scan.all.columns.force interval.handling.mode key.converter key.converter.plugin.version "
    "key.converter.schemas.enable legacy.snapshot.max.threads lsn.flush.mode lsn.flush.timeout.action lsn.flush.timeout.ms "
    "max.batch.size max.queue.size max.queue.size.in.bytes memory.management.schemas.class memory.management.tables.class "
    "message.key.columns message.prefix.exclude.list message.prefix.include.list notification.enabled.channels "
    "notification.sink.topic.name offset.mismatch.strategy offsets.storage.topic openlineage.integration.config.file.path "
    "openlineage.integration.dataset.kafka.bootstrap.servers openlineage.integration.enabled openlineage.integration.job.description "
    "openlineage.integration.job.namespace openlineage.integration.job.owners openlineage.integration.job.tags plugin.name "
    "poll.interval.ms post.processors predicates provide.transaction.metadata publication.autocreate.mode publication.name "
    "publish.via.partition.root query.fetch.size read.only replica.identity.autoset.values retriable.restart.connector.wait.ms "
    "schema.exclude.list schema.include.list schema.name.adjustment.mode schema.refresh.mode signal.data.collection "
    "signal.enabled.channels signal.file signal.kafka.bootstrap.servers signal.kafka.groupId signal.kafka.poll.timeout.ms "
    "signal.kafka.topic signal.poll.interval.ms skipped.operations slot.drop.on.stop slot.failover slot.max.retries slot.name "
    "slot.retry.delay.ms slot.stream.params snapshot.delay.ms snapshot.fetch.size snapshot.include.collection.list "
    "snapshot.isolation.mode snapshot.lock.timeout.ms snapshot.locking.mode snapshot.locking.mode.custom.name snapshot.max.threads "
    "snapshot.max.threads.multiplier snapshot.mode snapshot.mode.configuration.based.snapshot.data "
    "snapshot.mode.configuration.based.snapshot.on.data.error snapshot.mode.configuration.based.snapshot.on.schema.error "
    "snapshot.mode.configuration.based.snapshot.schema snapshot.mode.configuration.based.start.stream snapshot.mode.custom.name "
    "snapshot.query.mode snapshot.query.mode.custom.name snapshot.select.statement.overrides snapshot.tables.order.by.row.count "
    "sourceinfo.struct.maker statistics.metrics.enabled status.update.interval.ms streaming.delay.ms table.exclude.list "
    "table.ignore.builtin table.include.list tasks.max tasks.max.enforce time.precision.mode tombstones.on.delete topic.cache.size "
    "topic.creation.default.cleanup.policy topic.creation.default.partitions topic.creation.default.replication.factor "
    "topic.creation.groups topic.delimiter topic.heartbeat.name topic.heartbeat.prefix topic.naming.strategy topic.prefix "
    "topic.transaction transaction.boundary transaction.boundary.interval.ms transaction.metadata.factory transforms "
    "unavailable.value.placeholder value.converter value.converter.plugin.version value.converter.schemas.enable "
    "xmin.fetch.interval.ms ";

constexpr std::string_view of_worker = "is a setting of the worker: in a connector it does nothing";
constexpr std::string_view renamed = "was renamed in Debezium 2.0";
constexpr std::string_view remove = "remove the line";

constexpr std::array<KeyNote, 21> notes{{
    {"database.history.", true, "dead-key",
     "was renamed in Debezium 2.0, and the PostgreSQL connector keeps no schema history in any version", remove},
    {"schema.history.internal.", true, "dead-key", "has no effect: the PostgreSQL connector keeps no schema history", remove},
    {"database.server.name", false, "dead-key", renamed, "\"topic.prefix\": \"…\""},
    {"table.whitelist", false, "dead-key", renamed, "\"table.include.list\": \"…\""},
    {"table.blacklist", false, "dead-key", renamed, "\"table.exclude.list\": \"…\""},
    {"schema.whitelist", false, "dead-key", renamed, "\"schema.include.list\": \"…\""},
    {"schema.blacklist", false, "dead-key", renamed, "\"schema.exclude.list\": \"…\""},
    {"column.whitelist", false, "dead-key", renamed, "\"column.include.list\": \"…\""},
    {"column.blacklist", false, "dead-key", renamed, "\"column.exclude.list\": \"…\""},
    {"slot.drop_on_stop", false, "dead-key", "is the spelling of Debezium 1.x", remove},
    {"toasted.value.placeholder", false, "dead-key", renamed, "\"unavailable.value.placeholder\": \"…\""},
    {"topic.creation.enable", false, "worker-key", of_worker, remove},
    {"offset.storage.", true, "worker-key", of_worker, remove},
    {"config.storage.", true, "worker-key", of_worker, remove},
    {"status.storage.", true, "worker-key", of_worker, remove},
    {"offset.flush.", true, "worker-key", of_worker, remove},
    {"config.providers", true, "worker-key", of_worker, remove},
    {"plugin.path", false, "worker-key", of_worker, remove},
    {"group.id", false, "worker-key", of_worker, remove},
    {"bootstrap.servers", false, "worker-key", of_worker, remove},
    {"rest.", true, "worker-key", of_worker, remove},
}};

/// Below these, names are the operator's own.
constexpr std::array<std::string_view, 12> open_ended{
    "transforms.",    "predicates.",      "producer.override.", "topic.creation.", "driver.", "converters.",
    "key.converter.", "value.converter.", "header.converter.",  "internal.",       "column.", "snapshot.select.statement.overrides."};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

const KeyNote* note_on(std::string_view key) noexcept {
  const auto found = std::find_if(notes.begin(), notes.end(),
                                  [&](const KeyNote& note) { return note.prefix ? key.starts_with(note.key) : key == note.key; });
  return found == notes.end() ? nullptr : &*found;
}

std::optional<std::string> misspelt(std::string_view key) {
  const auto keys = split(known, ' ');
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return std::nullopt;
  if (std::any_of(open_ended.begin(), open_ended.end(), [&](std::string_view prefix) { return key.starts_with(prefix); }))
    return std::nullopt;
  return nearest(key, keys);
}

bool is_secret_key(std::string_view key) {
  std::string lower{key};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::array<std::string_view, 8> words{"password",   "passwd",      "secret",      "token",
                                                  "credential", "jaas.config", "private.key", "apikey"};
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return contains(lower, word); });
}

bool is_reference(std::string_view value) {
  const auto begin = value.find("${");
  return begin != std::string_view::npos && value.find('}', begin) != std::string_view::npos;
}

}  // namespace ctl::plan
