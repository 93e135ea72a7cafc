# Sourced: a shop that inserts, a tail that follows its table and is started again whenever it ends, and servers of their own to be killed beneath
# them. The judge is kcat and sort: no code of the tool.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../sandbox/check.sh"
dir=$scratch/servers
here() { "$sandbox" "$1" --dir "$dir" "${@:2}" >/dev/null; }
sql() { psql -X -q -At -v ON_ERROR_STOP=1 "$MYKART_DATABASE" "$@"; }
# shellcheck disable=SC2154 # mykartctl: of whoever sources this
run() { "$mykartctl" "$@" -C "$scratch/project" --brokers "$MYKART_BROKERS" --database "$MYKART_DATABASE"; }
nap() { sleep "$((RANDOM % $1)).$((RANDOM % 10))"; }

# start_servers BROKERS: with a table of rows, and a project that moves it.
start_servers() {
  make_project 'killed.*' <<'YAML'
  killed.events:
    description: events of a shop
    owner: test
    source: {table: events, id: event_id, time: at, time_zone: UTC, key: 'product-{product_id}', fields: [product_id, at]}
YAML
  sed -i "s/replication: 1/replication: $1/" "$scratch/project/topics.yaml"
  check "servers are up" here up --brokers "$1" --kafka-port "$(free_port)" --postgres-port "$(free_port)" --heap 256m postgres kafka
  eval "$("$sandbox" env --dir "$dir")"
  sql -c "create table events (event_id bigserial primary key, product_id int not null, at timestamp not null default clock_timestamp())" \
    -c "insert into events (product_id) select n % 100 from generate_series(1, 200000) n"
}

# The shop: transactions of a few rows, some of them rolled back, some slow. It comes back when PostgreSQL does.
shop() {
  while [ -e "$scratch/open" ]; do
    sql -c "do \$\$ declare n int; begin for n in 1..200 loop insert into events (product_id) select random() * 100 from generate_series(1, 1 + n % 20);
      if n % 7 = 3 then rollback; else commit; end if; perform pg_sleep(case when n % 50 = 9 then 0.2 else ${shop_pause:-0.003} end); end loop; end \$\$" >/dev/null 2>&1 || sleep 0.1
  done
}

follow() {
  while [ -e "$scratch/open" ]; do
    run events backfill events --follow --yes --rate 20000 >>"$scratch/followed" 2>&1 || echo "ended with $?" >>"$scratch/followed"
    sleep 0.1
  done
}

open_shop() {
  touch "$scratch/open"
  shops=()
  for _ in 1 2; do shop & shops+=($!); done
  set -m # a group of its own, so that the tool in it gets the signal at the end
  follow &
  follower=$!
  set +m
}

close_shop() {
  rm "$scratch/open"
  wait "${shops[@]}"
  kill -INT -- "-$follower" 2>/dev/null || true
  wait "$follower" || true
}

# Each row is one event, and those of a key are in order.
judge() {
  sql -c "select event_id from events order by 1" >"$scratch/rows"
  kcat -b "$MYKART_BROKERS" -C -q -e -t killed.events -o beginning -X isolation.level=read_committed -f '%p %k %s\n' >"$scratch/events"
  sed -E 's/.*"pg:events:([0-9]+)".*/\1/' "$scratch/events" | sort -n >"$scratch/ids"
  check "each of $(wc -l <"$scratch/rows") rows is an event, once" cmp "$scratch/rows" "$scratch/ids"
  # shellcheck disable=SC2016 # awk's own
  check "... those of a key in order" awk '{ id = $0; sub(/.*"pg:events:/, "", id); id += 0; if (id <= last[$2]) { print $0; bad = 1 } last[$2] = id } END { exit bad }' "$scratch/events"
}
