#!/usr/bin/env bash
# Two sandboxes beside each other, ports that are taken, what the fixture of a test run may end. PostgreSQL alone is enough for that.
. "$(dirname "$0")/check.sh"
one=$scratch/one two=$scratch/two
port_one=$(free_port)
port_two=$(free_port)
pid_of() { cut -d' ' -f1 "$1/run/postgres"; }
alive() { grep -q '^State:[[:space:]]*[RSDT]' "/proc/$1/status" 2>/dev/null; } # Z: ended, and not reaped yet
gone() { ! alive "$1"; }

check "one server of a sandbox starts alone" "$sandbox" up --dir "$one" --postgres-port "$port_one" postgres
check_fails 1 "a port that is taken: by whom, and which option helps" "$sandbox" up --dir "$two" --postgres-port "$port_one" postgres
says "port $port_one for PostgreSQL is taken by" "pid $(pid_of "$one")" --postgres-port
check "a second sandbox runs beside the first" "$sandbox" up --dir "$two" --postgres-port "$port_two" postgres
first=$(pid_of "$one") second=$(pid_of "$two")
check "down ends the second" "$sandbox" down --dir "$two"
check "... really" gone "$second"
check "... and only that" alive "$first"

check "a test run finds the developer's sandbox" "$sandbox" up --fixture --dir "$one" postgres
check "... and leaves it alone at its end" "$sandbox" down --only-if-started-by-up --dir "$one"
says "it stays"
check "... really" alive "$first"

check "a test run starts what is not there" "$sandbox" up --fixture --dir "$two" postgres
second=$(pid_of "$two")
check "... and ends it" "$sandbox" down --only-if-started-by-up --dir "$two"
check "... really" gone "$second"

check "a test run that was broken off left its sandbox" "$sandbox" up --fixture --dir "$two" postgres
check "... the developer takes it over" "$sandbox" up --dir "$two" postgres
check "... the next test run uses it" "$sandbox" up --fixture --dir "$two" postgres
check "... and leaves it" "$sandbox" down --only-if-started-by-up --dir "$two"
second=$(pid_of "$two")
check "... really" alive "$second"

sleep 60 &
stranger=$!
true_record=$(cat "$two/run/postgres")
echo "$stranger ${true_record#* }" >"$two/run/postgres"
check "a pid that now belongs to another process is not ours" "$sandbox" down --dir "$two"
check "... and is not ended" alive "$stranger"
kill "$stranger"
echo "$true_record" >"$two/run/postgres"
check "its own server is known again by its true record" "$sandbox" status --dir "$two" postgres

check_fails 1 "another Kafka for a sandbox that runs is refused" "$sandbox" up --dir "$two" --kafka-version 3.9.1
says "runs with --kafka-version default"
check "a server that cannot start says why" "$sandbox" down --dir "$two"
check_fails 1 "another Kafka for data that is there is refused" "$sandbox" up --dir "$two" --kafka-version 3.9.1
says "made with --kafka-version default" "reset --kafka-version 3.9.1"
echo 'broken' >"$two/postgres/postgresql.auto.conf"
chmod 644 "$two/postgres/postgresql.auto.conf"
check_fails 1 "... with the server's own words" "$sandbox" up --dir "$two" postgres
says "postgres ended while starting" "syntax error" "$two/logs/postgres.log"
finish
