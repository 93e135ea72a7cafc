#!/usr/bin/env bash
# kafka_3_9.sh FOLDER: tests on real servers out of FOLDER, once more on the oldest Kafka that the tool works with. Those are chosen whose
# requests depend on the broker: topics and configs, offsets, groups, rows moved there (transactions) and back. Groups of the new protocol
# are left out: a broker has them from 4.0 on.
. "$(dirname "$0")/check.sh"
bin=$(realpath "${1:?folder of the test programs}")
dir=$scratch/old
here() { "$sandbox" "$1" --dir "$dir" "${@:2}"; }

# begin ROOM TESTS...: Catch2's selection, where [#file] means all of a file; what selects nothing is an error.
begin() {
  local IFS=,
  { "$bin/integration_$1_tests" -w NoTests -# "${*:2}" >"$scratch/$1.log" 2>&1 && touch "$scratch/$1.passed"; } &
}
passed() { [ -e "$scratch/$1.passed" ] || { cat "$scratch/$1.log"; return 1; }; }

check "PostgreSQL and a broker of Kafka 3.9 are up, its jars fetched if they were not there" \
  here up --kafka-version 3.9.1 --kafka-port "$(free_port)" --postgres-port "$(free_port)" --heap 256m postgres kafka
check "... it is the broker of that version" grep -q 'Kafka version: 3\.9\.' "$dir/logs/kafka.log"
[ "$failures" -eq 0 ] || finish
eval "$(here env)"
begin kafka '[#topics_test]' '[#groups_test]' '[#offsets_test]'
begin mykartctl 'A group that*' 'A reset*' 'groups list*' '[#topics_test]' 'What is exported plans empty*' 'monitor | produce copies*'
begin transfer '[#replay_test]' 'a table is moved once*' 'a second mover takes over*'
wait
check "topics, offsets and groups" passed kafka
check "the commands topics and groups" passed mykartctl
check "rows become events, and events rows" passed transfer
finish
