# Sourced by the tests of scripts/sandbox: a folder and ports of their own, and two ways to check.
# shellcheck shell=bash

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
sandbox=$root/scripts/sandbox
scratch=$(mktemp -d "${TMPDIR:-/tmp}/sandbox-test.XXXXXX")
chmod 755 "$scratch" # PostgreSQL runs as another user when the test is root's
failures=0
output=''

# Whatever a test did, its servers end with it.
clean_up() {
  local dir
  for dir in "$scratch"/*/; do
    "$sandbox" down --wipe --dir "$dir" >/dev/null 2>&1 || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT

# free_port: below the range from which the kernel takes ports for outgoing connections.
free_port() {
  local port
  while port=$((RANDOM % 12000 + 20000)); ss -Hltn "sport >= :$port and sport <= :$((port + 5))" | grep -q .; do :; done
  echo "$port"
}

# make_project PATTERN: $scratch/project, with the topics on stdin, three partitions each.
make_project() {
  mkdir "$scratch/project"
  {
    printf 'version: 1\nretired_schema: retired\ndefaults: {partitions: 3, replication: 1}\nfamilies:\n  application: {pattern: %s, description: of a test, retention: 7d}\ntopics:\n' "$1"
    cat
  } >"$scratch/project/topics.yaml"
}

report() {
  if [ "$1" = ok ]; then echo "ok      $2"; else
    echo "FAILED  $2"
    failures=$((failures + 1))
    output=${output:0:2000}
    [ -z "$output" ] || printf '        | %s\n' "${output//$'\n'/$'\n'        | }"
  fi
}

# check SENTENCE COMMAND...: COMMAND succeeds. Its output stays in `output`.
check() {
  local sentence=$1
  shift
  if output=$("$@" 2>&1); then report ok "$sentence"; else report failed "$sentence"; fi
}

# check_fails CODE SENTENCE COMMAND...: COMMAND ends with CODE.
check_fails() {
  local code=$1 sentence=$2 got=0
  shift 2
  output=$("$@" 2>&1) || got=$?
  if [ "$got" -eq "$code" ]; then report ok "$sentence"; else report failed "$sentence (exit $got, not $code)"; fi
}

# says WORDS...: the output of the last check holds each of them.
says() {
  local word
  for word in "$@"; do [[ $output == *"$word"* ]] || report failed "it says '$word'"; done
}

finish() { [ "$failures" -eq 0 ] || exit 1; }
