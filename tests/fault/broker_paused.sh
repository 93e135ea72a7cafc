#!/usr/bin/env bash
# broker_paused.sh MYKARTCTL [KILLS] [SECONDS] [BROKERS]: while a shop inserts and a tail follows its table, the broker, or one or all of several, is
# killed KILLS times at random moments, and stays away for up to SECONDS: longer than the time-out of the tool's transactions (15 s), which it then
# ends at its start, perhaps without telling its own partitions. The same command brings every row once and in order; nothing is mended by hand.
mykartctl=$(realpath "$1") kills=${2:-2} longest=${3:-18} brokers=${4:-1}
. "$(dirname "$0")/killed_servers.sh"
shop_pause=0.02

# Killed together, they come back together; some kafka brokers may be up already.
victims() {
  if [ "$brokers" -eq 1 ] || ((RANDOM % 3 == 0)); then echo kafka; else echo "kafka-$((RANDOM % brokers + 1))"; fi
}

start_servers "$brokers"
open_shop
for ((n = 1; n <= kills; ++n)); do
  nap 3
  victim=$(victims)
  here kill "$victim"
  # The ordinary run has time for one that is long enough.
  if ((n == kills || kills > 9)); then pause=$((n == kills && kills < 10 ? longest : RANDOM % (longest + 1))); else pause=$((RANDOM % 3)); fi
  echo "        $(date +%T) kill $n: $victim, away for $pause s"
  sleep "$pause"
  here up "$victim" || { output=$(here status || true); report failed "$victim comes back"; }
done
nap 3
close_shop
check "$kills kills of the broker, and the same command once more, end well" run events backfill events --yes
output=$(grep -c 'had lost the end' "$scratch/followed" || true)
echo "        ends of transactions that were lost and mended: $output"
judge
finish
