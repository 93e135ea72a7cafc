#!/usr/bin/env bash
# three_brokers.sh MYKARTCTL [KAFKA_VERSION]: a cluster of three brokers that loses one, two, all, during each command that looks at topics or changes them.
. "$(dirname "$0")/../sandbox/check.sh"
tool=$(realpath "${1:?path of mykartctl}")
dir=$scratch/three
kafka_port=$(free_port)
here() { "$sandbox" "$1" --dir "$dir" "${@:2}"; }
run() { (cd "$scratch/project" && "$tool" "$@"); }
records=30000

check "three brokers and PostgreSQL are up" here up --brokers 3 --kafka-version "${2:-default}" --kafka-port "$kafka_port" --postgres-port "$(free_port)" --heap 256m kafka postgres
eval "$(here env)"

mkdir "$scratch/project"
{
  echo "version: 1"
  echo "retired_schema: retired"
  echo "defaults: {partitions: 6, replication: 3, config: {min.insync.replicas: 2}}"
  echo "families: {three: {pattern: three.*, retention: 7d}}"
  echo "topics:"
  for i in $(seq 60); do echo "  three.t$i: {description: number $i, owner: test}"; done
} >"$scratch/project/topics.yaml"

# A broker dies while sixty topics are made: the command ends well, or says why and the next one does.
run topics apply --yes >"$scratch/apply" 2>&1 &
apply=$!
until grep -q 'three.t' <<<"$(kcat -b "$MYKART_BROKERS" -L 2>/dev/null)" || ! kill -0 "$apply" 2>/dev/null; do sleep 0.05; done
check "a broker is killed during topics apply" here kill kafka-3
code=0
wait "$apply" || code=$?
output=$(tail -n 5 "$scratch/apply")
if [ "$code" -ne 0 ]; then
  check "... it said why (exit $code)" grep -q 'mykartctl: error: ' "$scratch/apply"
  check "... and the same command ends well" run topics apply --yes
fi
check "... after which there is nothing to do" run topics plan --exit-code

check_fails 4 "status tells that replicas are behind" run topics status
says degraded
check "... and list still lists" run topics list
says three.t60
check "the broker comes back" here up kafka-3
end=$((SECONDS + 60))
until run topics status >/dev/null 2>&1 || [ $SECONDS -gt $end ]; do sleep 0.5; done
check "... and status is good again" run topics status

# A leader dies while records are written and monitored: each is shown, once.
run topics monitor three.t1 --from beginning --limit "$records" -o json --timeout 3m >"$scratch/seen" 2>"$scratch/monitor" &
monitor=$!
produce() { seq "$1" "$2" | kcat -P -b "$MYKART_BROKERS" -t three.t1 -X acks=all -X enable.idempotence=true -X retries=1000 2>/dev/null; }
produce 1 10000
until [ -s "$scratch/seen" ]; do sleep 0.1; done
leader=$(kcat -b "$MYKART_BROKERS" -L -t three.t1 2>/dev/null | sed -n 's/.*partition 0, leader \([0-9]*\),.*/\1/p')
check "the leader of partition 0 is killed during topics monitor" here kill "kafka-$leader"
produce 10001 "$records"
code=0
wait "$monitor" || code=$?
output=$(cat "$scratch/monitor")
check "monitor goes on to its end" test "$code" -eq 0
check "... each record was seen" test "$(jq -r .value "$scratch/seen" | sort -un | wc -l)" -eq "$records"
check "... at $records different places" test "$(jq -r '"\(.partition) \(.offset)"' "$scratch/seen" | sort -u | wc -l)" -eq "$records"
check "the groups can still be listed" run groups list

# Nobody left: said by the deadline, not later, and with the code for it.
for broker in kafka-1 kafka-2 kafka-3; do here kill "$broker" >/dev/null 2>&1 || true; done
for command in "topics status" "topics list" "topics plan" "groups list" "topics monitor three.t1"; do
  start=$SECONDS
  # shellcheck disable=SC2086 # words are wanted
  check_fails 69 "$command ends 69 with no broker" run $command --timeout 5s
  says "mykartctl: error: "
  check "... by its deadline" test $((SECONDS - start)) -le 7
done
finish
