#!/usr/bin/env bash
# The three servers of one sandbox: up, again, killed and back with their data, down, reset.
. "$(dirname "$0")/check.sh"
dir="$scratch/a sandbox" # blanks are allowed
kafka_port=$(free_port)
connect_port=$(free_port)
postgres_port=$(free_port)
here() { "$sandbox" "$1" --dir "$dir" "${@:2}"; }
sql() { psql -X -q -At -v ON_ERROR_STOP=1 "$MYKART_DATABASE" -c "$1"; }
pids() { cat "$dir"/run/*; }
is() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; return 1; }; }

check "up starts all three" here up --postgres-port "$postgres_port" --kafka-port "$kafka_port" --connect-port "$connect_port" --heap 256m
check "status is 0 when all are ready" here status
says postgres kafka connect running
eval "$(here env)"

before=$(pids)
start=$(date +%s%3N)
check "up again changes nothing" here up
check "... and takes less than a second" test $(($(date +%s%3N) - start)) -lt 1000
check "... the processes are the same" is "$(pids)" "$before"
check_fails 1 "another port for a running sandbox is refused" here up --kafka-port "$(free_port)"
says "runs with --kafka-port $kafka_port"

check "PostgreSQL is durable and has logical replication" is "$(sql "select current_setting('fsync') || current_setting('synchronous_commit') || current_setting('wal_level')")" ononlogical
check "a member of password_required needs its password" \
  sql "create role guarded login replication password '$DBZ_PASSWORD' in role password_required"
check_fails 2 "... a wrong one is refused" env PGPASSWORD=wrong psql -X "${MYKART_DATABASE/admin/guarded}" -c 'select 1'
check "... the right one is taken" env PGPASSWORD="$DBZ_PASSWORD" psql -X "${MYKART_DATABASE/admin/guarded}" -c 'select 1'
check "the worker has the Debezium plugin" curl -fsS "$MYKART_CONNECT_URL/connector-plugins"
says io.debezium.connector.postgresql.PostgresConnector

# The worker logs in with the password, so that error_count is 0 only if it put the right one in place of ${env:...}.
cat >"$scratch/connector.json" <<JSON
{"name": "c", "connector.class": "io.debezium.connector.postgresql.PostgresConnector", "topic.prefix": "t", "plugin.name": "pgoutput",
 "database.hostname": "127.0.0.1", "database.port": "$postgres_port", "database.dbname": "mykart",
 "database.user": "guarded", "database.password": "\${env:DBZ_PASSWORD}"}
JSON
check "the worker takes the secret from its environment" curl -sS -X PUT -H 'Content-Type: application/json' \
  -d "@$scratch/connector.json" "$MYKART_CONNECT_URL/connector-plugins/PostgresConnector/config/validate"
says '"error_count":0'

check "a row is written" sql "create table kept as select 42 as n"
for server in postgres kafka connect; do
  check "kill -9 of $server" here kill "$server"
  check_fails 4 "... status is 4 and says that it died" here status
  says died
  check "... up brings it back" here up "$server"
done
check "all three are back" here status
check "the row is still there" is "$(sql "select n from kept")" 42
check "the broker still has the worker's topics" kcat -b "$MYKART_BROKERS" -L -t connect-configs
says '"connect-configs" with 1 partitions'

check "down ends all three" here down
check_fails 4 "... and status says so" here status
says stopped
check "reset starts them without their data" here reset
check "... the row is gone" is "$(sql "select to_regclass('kept') is null")" t
check "down --wipe leaves nothing but the settings" here down --wipe
check "... in the folder" is "$(ls "$dir")" "$(printf 'lock\nsettings')"
finish
