#!/usr/bin/env bash
# broker_killed.sh MYKARTCTL: each of three brokers is killed and comes back while topics produce runs under load and while the other commands run:
# nothing is lost or doubled, and each command is right or says why not. Then all three are killed: what produce says of each record is so.
tool=$(realpath "${1:?path of mykartctl}")
. "$(dirname "$0")/../sandbox/check.sh"
dir=$scratch/three
kafka_port=$(free_port)
here() { "$sandbox" "$1" --dir "$dir" "${@:2}"; }
run() { (cd "$scratch/project" && "$tool" "$@"); }
numbers() { seq "$@" | sed 's/.*/{"key":"&","value":"&"}/'; }
in_topic() { kcat -C -b "$MYKART_BROKERS" -t "$1" -e -q -o beginning -f '%p %k\n'; } # in the order of each partition
keys() { cut -d' ' -f2 "$1" | sort -n; }
ascends() { awk '$2 + 0 <= last[$1] { exit 1 } { last[$1] = $2 + 0 }' "$1"; } # each key is larger than the one before it in its partition

check "three brokers and PostgreSQL are up" here up --brokers 3 --kafka-port "$kafka_port" --postgres-port "$(free_port)" --heap 256m kafka postgres
eval "$(here env)"
mkdir "$scratch/project"
manifest() { # manifest RETENTION TOPIC...
  cat >"$scratch/project/topics.yaml" <<YAML
version: 1
retired_schema: retired
defaults: {partitions: 6, replication: 3, config: {min.insync.replicas: 2}}
families: {killed: {pattern: killed.*, description: of a test, retention: $1}}
topics:
$(printf '  killed.%s: {description: numbers, owner: test}\n' "${@:2}")
YAML
}
manifest 1d load lost read gone1 gone2 gone3
check "topics are made" run topics apply --yes
numbers 600 | run topics produce killed.read -q -f - >/dev/null
for group in g1 g2 g3; do kcat -b "$MYKART_BROKERS" -G "$group" -X auto.offset.reset=earliest -e -q killed.read >/dev/null 2>&1; done

# The load: a line every 200 µs or so until it is told to end.
load() {
  local n=0
  while [ ! -e "$scratch/enough" ]; do
    numbers $((n + 1)) $((n += 200))
    sleep 0.04
  done
}

# start NAME COMMAND...: it runs while a broker is killed.
start() {
  local name=$1
  shift
  {
    code=0 begin=$SECONDS
    "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" || code=$?
    echo "$code $((SECONDS - begin))" >"$scratch/$name.end"
  } &
  jobs+=($!)
}
in_time() { run "$@" --timeout 30s; }
plan_and_apply() { in_time topics plan --out "$1" && in_time topics apply --plan "$1" --yes; }
# verdict NAME COMMAND...: it has ended well, or said by its deadline why not, and then it ends well now.
verdict() {
  local name=$1 code seconds
  shift
  read -r code seconds <"$scratch/$name.end"
  output=$(cat "$scratch/$name.err")
  [ "$seconds" -le 32 ] || report failed "$name ends by its deadline, not after $seconds s"
  [ "$code" -ne 0 ] || { report ok "$name ends well"; return; }
  if grep -q 'mykartctl: error: ' "$scratch/$name.err"; then report ok "$name says why it did not end well"; else report failed "$name says why (exit $code)"; fi
  check "... and does now" run "$@"
}

load | run topics produce killed.load -o name -f - >"$scratch/acknowledged" 2>"$scratch/said" &
produce=$!
until [ -s "$scratch/acknowledged" ]; do sleep 0.1; done
for i in 1 2 3; do
  manifest "$((i + 1))d" load lost read
  jobs=()
  here kill "kafka-$i" >/dev/null &
  killer=$!
  start export in_time topics export
  start status in_time groups status "g$i" -o json
  start reset in_time groups reset "g$i" --to beginning --yes --out "$scratch/undo$i"
  start delete in_time topics delete "killed.gone$i" --yes --allow-destructive
  start apply plan_and_apply "$scratch/plan$i"
  wait "$killer" "${jobs[@]}"
  check "broker $i, killed during six commands, comes back" here up "kafka-$i"
  verdict export topics export
  verdict reset groups reset "g$i" --to beginning --yes --out "$scratch/undo-again$i"
  verdict delete topics delete "killed.gone$i" --yes --allow-destructive
  verdict apply topics apply --yes
  read -r code _ <"$scratch/status.end"
  output=$(cat "$scratch/status.out" "$scratch/status.err")
  check "groups status judged it (exit $code), or said why it is not known" grep -Eq '"verdict": ?"(ok|stop|unknown)"|mykartctl: error: ' "$scratch/status.out" "$scratch/status.err"
done
touch "$scratch/enough"
code=0
wait "$produce" || code=$?
check "produce ends well" test "$code" -eq 0
in_topic killed.load >"$scratch/there"
written=$(wc -l <"$scratch/acknowledged")
output=$(cat "$scratch/said")
says "$(sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta' <<<"$written") records written"
check "... all $written records are there once" cmp <(seq "$written") <(keys "$scratch/there")
check "... as it has acknowledged" cmp <(seq "$written") <(sort -n "$scratch/acknowledged")
check "... in order" ascends "$scratch/there"
check "the deleted topics are gone, the others as planned" run topics plan --exit-code
output=$(run topics list)
check "... and nobody made them again" test "$(grep -c gone <<<"$output")" -eq 0
check_fails 4 "the groups are where they were brought to" run groups status --topic killed.read

# Nobody is left to write to.
rm "$scratch/enough"
load | run topics produce killed.lost -o json -f - --timeout 15s >"$scratch/told" 2>"$scratch/said" &
produce=$!
until [ -s "$scratch/told" ]; do sleep 0.1; done
for i in 1 2 3; do here kill "kafka-$i" >/dev/null; done
code=0
wait "$produce" || code=$?
touch "$scratch/enough"
check "produce with no broker ends 69" test "$code" -eq 69
output=$(cat "$scratch/said")
says "records were written" "not" "in doubt" "try: "
check "all come back" here up kafka
for ((end = SECONDS + 60; SECONDS < end; )); do ! run topics status killed.lost >/dev/null 2>&1 || break; done # until it has its leaders
in_topic killed.lost >"$scratch/there"
keys "$scratch/there" >"$scratch/found"
which() { jq -r "select(.line != null) | select($1) | .key" "$scratch/told" | sort -n; }
which '.offset != null' >"$scratch/written"
which '.offset == null and .written == false' >"$scratch/unwritten"
which '.offset == null and .written == null' >"$scratch/doubt"
output="$(wc -l "$scratch"/{found,written,unwritten,doubt}) $output"
among() { test -z "$(comm -23 <(sort "$1") <(sort "$2"))"; }
check "what it called written is there" among "$scratch/written" "$scratch/found"
check "... and of the rest only what it called in doubt" among <(grep -vxFf "$scratch/written" "$scratch/found") "$scratch/doubt"
check "... nothing twice" test "$(uniq -d "$scratch/found" | wc -l)" -eq 0
check "... in order, without a gap" ascends "$scratch/there"
last=$(sort -n "$scratch"/{written,unwritten,doubt} | tail -n 1)
check "... and each record up to the last one read was named" cmp <(seq "$last") <(sort -n "$scratch"/{written,unwritten,doubt})
finish
