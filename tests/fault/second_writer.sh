#!/usr/bin/env bash
# second_writer.sh MYKARTCTL: a hundred times, topics apply changes configs while somebody else changes others of the same topics. No override is
# lost: neither the other writer's, nor one that the manifest does not name, nor one that it sets.
mykartctl=$(realpath "$1")
. "$(dirname "$0")/../sandbox/check.sh"
# shellcheck disable=SC2034 # of jars.sh
project=$root
# shellcheck source=../../scripts/lib/jars.sh
. "$root/scripts/lib/jars.sh"
brokers=${MYKART_BROKERS:-127.0.0.1:9092} database=${MYKART_DATABASE:-postgresql://admin@127.0.0.1:5432/mykart}
topic=race.topic-$$ own=race_$$
rounds=100
run() { "$mykartctl" "$@" -C "$scratch/project" --brokers "$brokers"; }

mkdir "$scratch/project"
manifest() { # manifest DAYS BYTES [KEY: VALUE, ...]
  cat >"$scratch/project/topics.yaml" <<YAML
version: 1
retired_schema: retired
defaults: {partitions: 1, replication: 1, config: {max.message.bytes: $2${3:-}}}
families:
  application: {pattern: race.*, description: of a test, retention: $1d}
topics: {$topic: {description: raced for, owner: test}}
YAML
}
apply() { run topics apply --yes --no-lock; }

manifest 1 1000000 ", segment.bytes: 20000000, compression.type: lz4"
check "a topic is made, with overrides that no later manifest names" apply

coproc second { java -cp "$(jars_folder)/libs/*" "$root/tests/fault/SecondWriter.java" "$brokers" "$topic" 2>"$scratch/log"; }
answer='' writes=0
# ask KEY=VALUE...: what the second writer misses.
ask() {
  echo "$* segment.bytes=20000000 compression.type=lz4" >&"${second[1]}"
  read -r -t 60 -u "${second[0]}" answer || answer="no answer: $(cat "$scratch/log")"
  [[ $answer == kept* ]]
}
check "a second writer is at work" ask max.message.bytes=1000000
for round in $(seq "$rounds"); do
  manifest $((round + 1)) $((1000000 + round))
  before=$writes
  apply >"$scratch/said" 2>&1 || { output=$(cat "$scratch/said"); report failed "apply number $round"; }
  ask "retention.ms=$(((round + 1) * 86400000))" "max.message.bytes=$((1000000 + round))" || { output=$answer; report failed "overrides after apply number $round"; }
  writes=${answer% writes} writes=${writes##* }
  [ "$writes" -gt "$before" ] || { output=$answer; report failed "the second writer has written during apply number $round"; }
done
check "in $rounds rounds, with $writes writes in between, no override was lost" test "$failures" -eq 0
# A deletion asks the journal, and the one of the shared database may hold somebody's migration.
check "a database without a migration is made" psql -X -q "$database" -c "create database $own"
check "the topic goes" run topics delete "$topic" --yes --allow-destructive --database "${database%/*}/$own"
check "... and the database" psql -X -q "$database" -c "drop database $own"
finish
