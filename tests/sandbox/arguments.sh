#!/usr/bin/env bash
# What scripts/sandbox does with what is typed; no server is started.
. "$(dirname "$0")/check.sh"
dir=$scratch/none

check "help names every verb" "$sandbox" -h
says up down kill reset status env --brokers
check_fails 64 "without a verb it says which there are" "$sandbox"
says "up, down, kill, reset, status, env"
check_fails 64 "a verb that is none" "$sandbox" start
check_fails 64 "an option that is none" "$sandbox" up --port 1
check_fails 64 "a port that is no number" "$sandbox" up --kafka-port nine
says "--kafka-port nine"
check_fails 64 "a heap without a unit" "$sandbox" up --heap 512
check_fails 64 "a version that is none" "$sandbox" up --kafka-version newest
says "--kafka-version newest"
check_fails 64 "a server that is none, with those there are" "$sandbox" status --dir "$dir" kafka-2
says "no server 'kafka-2'" "postgres kafka connect"
check_fails 1 "down of a folder that is no sandbox" "$sandbox" down --dir "$dir"
says "there is no sandbox in $dir"
check_fails 4 "status of a folder that is no sandbox" "$sandbox" status --dir "$dir"
says postgres kafka connect stopped
check "no folder was made by asking" test ! -e "$dir"
check "env takes ports from options" "$sandbox" env --dir "$dir" --postgres-port 1111 --kafka-port=2222 --connect-port 3333 --brokers 3
says "MYKART_BROKERS=127.0.0.1:2222,127.0.0.1:2224,127.0.0.1:2226" "postgresql://admin@127.0.0.1:1111/mykart" "http://127.0.0.1:3333" DBZ_PASSWORD=
finish
