#!/usr/bin/env bash
# servers_killed.sh MYKARTCTL [TIMES]: while a shop inserts and a tail follows its table, broker and PostgreSQL are killed TIMES times each, at random
# moments. The same command, started again whenever it ends, brings every row once and in order.
mykartctl=$(realpath "$1") times=${2:-2}
. "$(dirname "$0")/killed_servers.sh"

start_servers 1
open_shop
for ((n = 0; n < times; ++n)); do
  for server in kafka postgres; do
    nap 4
    here kill "$server"
    nap 2
    here up "$server" || { output=$(here status || true); report failed "$server comes back"; }
  done
done
nap 3
close_shop
check "$times kills of each, and the same command once more, end well" run events backfill events --yes
judge
finish
