# One server process of the sandbox: start, alive, wait until ready, end, kill. Each kind of server says the rest: start_, ready_, end_, kill_.
# A server is known by the file run/<name>: its pid, the kernel's start time of that pid and the boot it counts from, so that a pid
# which was used again for something else is never taken for it.
# shellcheck shell=bash disable=SC2154 # dir, start_seconds: sandbox

log_of() { printf '%s/logs/%s.log' "$dir" "$1"; }

# A data folder that was not made to its end (Ctrl-C, full disk) is made again from nothing.
was_made() { [ -e "$dir/made/$1" ]; }
mark_made() { mkdir -p "$dir/made" && touch "$dir/made/$1"; }

# start_time PID: field 22 of its stat line (clock ticks since boot); fails when there is no such process, or only its corpse.
start_time() {
  local stat fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }" # the name before it may hold blanks and parentheses
  [ "${fields[0]}" != Z ] || return 1
  printf '%s' "${fields[19]}"
}

# pid_of NAME: prints the pid of the running server; fails when it does not run.
pid_of() {
  local pid known now
  { read -r pid known <"$dir/run/$1"; } 2>/dev/null || return 1
  now=$(identity "$pid") || return 1
  [ "$now" = "$known" ] && printf '%s' "$pid"
}

identity() {
  local started
  started=$(start_time "$1") || return 1
  printf '%s %s' "$started" "$(</proc/sys/kernel/random/boot_id)"
}

# launch NAME COMMAND...: starts it in a session of its own, so that it outlives this shell and its terminal.
launch() {
  local name=$1 pid log
  shift
  log=$(log_of "$name")
  [ ! -s "$log" ] || mv "$log" "$log.before"
  (
    cd "$dir" || exit
    exec {sandbox_lock}>&-
    exec setsid "$@" >"$log" 2>&1 </dev/null
  ) &
  pid=$!
  printf '%s %s\n' "$pid" "$(identity "$pid" || echo ended)" >"$dir/run/$name"
}

# await NAME COMMAND...: until COMMAND is true; dies with the last lines of the log when the server ended, or is not ready in time.
await() {
  local name=$1 start
  start=$(now_ms)
  shift
  until "$@" >/dev/null 2>&1; do
    pid_of "$name" >/dev/null || show_log_and_die "$name" "$name ended while starting"
    [ $(($(now_ms) - start)) -lt $((start_seconds * 1000)) ] ||
      show_log_and_die "$name" "$name is not ready after $start_seconds s (--timeout)"
    sleep 0.1
  done
}

# A Java server that fails to start says why and then describes its own end at length: so the errors are shown, if there are any.
show_log_and_die() {
  local log errors
  log=$(log_of "$1")
  errors=$(grep -E 'ERROR|FATAL|PANIC|Exception|syntax error|could not' "$log" | tail -n 6) || true
  warn "${errors:-$(tail -n 12 "$log")}"
  die "$2" "the whole log: $log"
}

# end NAME SIGNAL SECONDS: asks with SIGNAL, waits, and kills what does not go.
end() {
  local name=$1 pid deadline
  if pid=$(pid_of "$name"); then
    kill -s "$2" "$pid"
    deadline=$(($(now_ms) + $3 * 1000))
    while pid_of "$name" >/dev/null; do
      if [ "$(now_ms)" -gt "$deadline" ]; then
        warn "$name did not end in $3 s: killed"
        "kill_$(kind_of "$name")" "$name"
        break
      fi
      sleep 0.05
    done
  fi
  rm -f "$dir/run/$name"
}

# kill_hard NAME: kill -9 of the server and its children, as when the machine had lost power. The file in run/ stays: status says "died".
kill_hard() {
  local name=$1 pid family
  pid=$(pid_of "$name") || return 0
  mapfile -t family < <(echo "$pid"; ps -o pid= --ppid "$pid" | tr -d ' ')
  kill -s KILL "${family[@]}" 2>/dev/null || true
  for pid in "${family[@]}"; do
    while start_time "$pid" >/dev/null; do sleep 0.01; done
  done
}

# require_free_port NAME PORT OPTION
require_free_port() {
  local holder
  holder=$(ss -Hltnp "sport = :$2" 2>/dev/null | head -n 1)
  [ -n "$holder" ] || return 0
  case $holder in
    *users:*) holder=$(sed -E 's/.*users:\(\("([^"]*)",pid=([0-9]+).*/\1 (pid \2)/' <<<"$holder") ;;
    *) holder="a process that this user cannot see" ;;
  esac
  die "port $2 for $1 is taken by $holder" "end that, or try: scripts/sandbox up $3 $(($2 + 10000))"
}

require_disk_space() {
  local free_mb
  free_mb=$(df -Pm "$dir" | awk 'NR == 2 { print $4 }')
  [ "$free_mb" -ge 1024 ] || die "the disk of $dir is nearly full: $free_mb MB free, 1024 MB wanted" \
    "try: scripts/sandbox reset, or --dir on another disk"
}
