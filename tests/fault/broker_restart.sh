#!/usr/bin/env bash
# broker_restart.sh MYKARTCTL: topics monitor while its only broker is killed and comes back: nothing twice, nothing skipped, and it says why it waits.
mykartctl=$(realpath "$1")
. "$(dirname "$0")/../sandbox/check.sh"
dir=$scratch/broker records=400000
here() { "$sandbox" "$1" --dir "$dir" "${@:2}" >/dev/null; }
produce() { "$mykartctl" topics produce restart.a -C "$scratch/project" --brokers "$MYKART_BROKERS" -q -f -; }
numbers() { seq "$@" | sed 's/.*/{"key":"&","value":"&"}/'; }
await() { # await FILE WORDS: until the file holds them, 60 s at most
  for _ in $(seq 600); do grep -q "$2" "$1" && return; sleep 0.1; done
  return 1
}
each_once() { sort -n "$1" | cmp - <(seq "$2" "$3"); }

make_project 'restart.*' <<'YAML'
  restart.a: {description: numbers, owner: test}
YAML
check "a broker is up" here up --kafka-port "$(free_port)" --heap 256m kafka
eval "$("$sandbox" env --dir "$dir")"
"$mykartctl" topics apply -C "$scratch/project" --brokers "$MYKART_BROKERS" --yes --no-lock >/dev/null 2>&1
numbers "$records" | produce >/dev/null

read_through_a_restart() {
  "$mykartctl" topics monitor restart.a -C "$scratch/project" --brokers "$MYKART_BROKERS" --from beginning --to end -o name | {
    mapfile -n 20000 -t first
    here kill kafka
    here up kafka
    printf '%s\n' "${first[@]}"
    cat
  } >"$scratch/read"
}
check "a reading that loses its broker in the middle ends well" read_through_a_restart
check "... each record was read once" each_once "$scratch/read" 1 "$records"

"$mykartctl" topics monitor restart.a -C "$scratch/project" --brokers "$MYKART_BROKERS" -o name >"$scratch/followed" 2>"$scratch/said" &
follower=$!
for n in $(seq "$((records + 1))" "$((records + 600))"); do # until it is there: what was written before it looked for the end is not shown
  numbers "$n" "$n" | produce >/dev/null
  [ ! -s "$scratch/followed" ] || break
done
shown=$(head -1 "$scratch/followed")
here kill kafka
check "one that follows says that it waits" await "$scratch/said" "it goes on when Kafka is back"
here up kafka
numbers "$((n + 1))" "$((n + 1000))" | produce >/dev/null
check "... and goes on" await "$scratch/followed" "^$((n + 1000))$"
kill "$follower"
ended=0
wait "$follower" || ended=$?
check "... being told to end is a good end" test "$ended" -eq 0
check "... each record was shown once" each_once "$scratch/followed" "$shown" "$((n + 1000))"
finish
