# The jars of pom.xml, fetched once a project and shared by all its sandboxes; those with another version of Kafka in a folder of their own.
# `reset` leaves them alone.
# shellcheck shell=bash disable=SC2154 # project: common.sh

kafka_version=default # that of pom.xml

jars_folder() {
  local digest
  digest=$(cksum <"$project/pom.xml")
  printf '%s/.cache/jars-%s%s' "$project" "${digest%% *}" "$(of_version -)"
}

# of_version PREFIX: nothing for the version of pom.xml, otherwise PREFIX and the version.
of_version() { [ "$kafka_version" = default ] || printf '%s%s' "$1" "$kafka_version"; }

# Fetches into a folder beside and renames at the end, so that a folder of this name is always complete.
fetch_jars() {
  local into part log lock
  into=$(jars_folder)
  [ ! -d "$into" ] || return 0
  part=$into.part
  log=$part.log
  mkdir -p "$project/.cache"
  exec {lock}>"$project/.cache/lock"
  flock "$lock"
  if [ ! -d "$into" ]; then # another sandbox may have fetched them meanwhile
    say "fetching Kafka$(of_version ' '), Connect and Debezium (80 MB, once)"
    rm -rf "$part"
    # shellcheck disable=SC2046 # one word, or none
    if ! mvn -B -q -Dstyle.color=never -f "$project/pom.xml" -Dinto="$part" $(of_version -Dkafka.version=) package >"$log" 2>&1; then
      tail -n 15 "$log" >&2
      die "maven could not fetch the jars of pom.xml$(of_version ' with Kafka ')" "the whole log: $log" "is this machine online?"
    fi
    mv "$part" "$into"
    rm -f "$log"
  fi
  exec {lock}>&-
}
