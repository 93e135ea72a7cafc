# Sourced by every script: where the project is, how to speak, how to fail.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for the script that sources this
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

readonly EX_USAGE=64

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

# die WHAT [HINT...]: one sentence about what is wrong, then what to type next.
die() {
  warn "$(basename "$0"): $1"
  shift
  local hint
  for hint in "$@"; do warn "  $hint"; done
  exit 1
}

# The comment at the head of a script is its help text.
usage() { sed -n '2,${/^#/!q; s/^# \{0,1\}//p}' "$0"; }

bad_usage() {
  warn "$(basename "$0"): $1"
  warn "  help: $(basename "$0") -h"
  exit "$EX_USAGE"
}

now_ms() { date +%s%3N; }

# seconds_since START_MS: "3.7", for messages.
seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d' $((ms / 1000)) $((ms % 1000 / 100))
}
