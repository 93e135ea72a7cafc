# The two Java servers: KRaft brokers (each its own controller too) and the Connect worker.
# shellcheck shell=bash disable=SC2154 # dir, brokers, kafka_port, connect_port, heap: sandbox

# The package's Java, whatever else is called java on this machine.
java_binary() { printf '%s\n' /usr/lib/jvm/java-17-openjdk-*/bin/java | head -n 1; }

# kafka_tool CLASS OPTIONS...: one of Kafka's own programs of org.apache.kafka.tools, for the brokers of MYKART_BROKERS.
kafka_tool() {
  "$(java_binary)" -XX:TieredStopAtLevel=1 -cp "$(jars_folder)/libs/*" "org.apache.kafka.tools.$1" --bootstrap-server "$MYKART_BROKERS" "${@:2}"
}

# java_command NAME OPTIONS...: prints the start of a command line, a word a line. Nothing is left outside of the sandbox's folder: no
# hsperfdata in /tmp, no unpacked native libraries there, no crash files in the working directory.
java_command() {
  local name=$1
  shift
  printf '%s\n' "$(java_binary)" "-Xms$heap" "-Xmx$heap" -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData "-XX:ErrorFile=$dir/logs/$name.crash" \
    "-Djava.io.tmpdir=$dir/tmp" "-Dlog4j2.configurationFile=$project/scripts/lib/log4j2.properties" "$@" -cp "$(jars_folder)/libs/*"
}

# Kafka: broker I of N listens on kafka_port + 2(I-1), its controller on the port above.
broker_id() { case $1 in kafka) echo 1 ;; *) echo "${1#kafka-}" ;; esac; }
broker_port() { echo $((kafka_port + 2 * ($(broker_id "$1") - 1))); }

broker_names() {
  if [ "$brokers" -eq 1 ]; then echo kafka; else seq -f 'kafka-%g' "$brokers"; fi
}

bootstrap_servers() {
  local name list=()
  for name in $(broker_names); do list+=("127.0.0.1:$(broker_port "$name")"); done
  (IFS=,; printf '%s' "${list[*]}")
}

controller_voters() {
  local name list=()
  for name in $(broker_names); do list+=("$(broker_id "$name")@127.0.0.1:$(($(broker_port "$name") + 1))"); done
  (IFS=,; printf '%s' "${list[*]}")
}

configure_broker() {
  local name=$1 port replicas in_sync
  port=$(broker_port "$name")
  replicas=$((brokers < 3 ? brokers : 3))
  in_sync=$((replicas < 3 ? 1 : 2))
  cat >"$dir/$name.properties" <<CONF
process.roles=broker,controller
node.id=$(broker_id "$name")
log.dirs=$dir/$name
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
controller.quorum.voters=$(controller_voters)
auto.create.topics.enable=false
default.replication.factor=$replicas
min.insync.replicas=$in_sync
offsets.topic.num.partitions=1
offsets.topic.replication.factor=$replicas
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$in_sync
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$in_sync
# A test that joins a group, lets a transaction time out or retention bite must not wait for minutes.
group.initial.rebalance.delay.ms=0
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
log.retention.check.interval.ms=5000
# What was killed and comes back has to wait until its former self is given up: 9 s by default, and 10 s for the Connect worker.
broker.heartbeat.interval.ms=1000
broker.session.timeout.ms=4000
group.min.session.timeout.ms=1000
CONF
}

# One id for all brokers: 16 random bytes in base64url, as StorageTool random-uuid prints it (which takes a JVM and most of a second).
make_cluster_id() {
  [ -s "$dir/cluster-id" ] || head -c 16 /dev/urandom | base64 | tr '+/' 'Ab' | tr -d '=' >"$dir/cluster-id"
}

format_broker() {
  local command
  mapfile -t command < <(java_command "$1" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
  "${command[@]}" kafka.tools.StorageTool format -t "$(<"$dir/cluster-id")" -c "$dir/$1.properties"
}

start_kafka() {
  local name=$1 command
  configure_broker "$name"
  if ! was_made "$name"; then
    rm -rf "${dir:?}/$name"
    format_broker "$name" >"$(log_of "$name-format")" 2>&1 || show_log_and_die "$name-format" "formatting the storage of $name failed"
    mark_made "$name"
  fi
  mapfile -t command < <(java_command "$name" -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35)
  launch "$name" "${command[@]}" kafka.Kafka "$dir/$name.properties"
}

# A broker lists itself when the controller has taken it into the cluster. The port is tried first, because kcat needs a whole second
# to find out that nobody listens.
ready_kafka() {
  local address known
  address=127.0.0.1:$(broker_port "$1")
  (exec 3<>"/dev/tcp/${address/://}") 2>/dev/null || return 1
  known=$(kcat -b "$address" -m 1 -L 2>/dev/null) || return 1
  [[ $known == *"broker $(broker_id "$1") at $address"* ]]
}

end_kafka() { end "$1" TERM 20; }
kill_kafka() { kill_hard "$1"; }

configure_connect() {
  local replicas=$((brokers < 3 ? brokers : 3))
  cat >"$dir/connect.properties" <<CONF
bootstrap.servers=$(bootstrap_servers)
group.id=mykart-connect
config.storage.topic=connect-configs
config.storage.replication.factor=$replicas
offset.storage.topic=connect-offsets
offset.storage.replication.factor=$replicas
offset.storage.partitions=1
status.storage.topic=connect-status
status.storage.replication.factor=$replicas
status.storage.partitions=1
key.converter=org.apache.kafka.connect.json.JsonConverter
key.converter.schemas.enable=false
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=false
listeners=http://127.0.0.1:$connect_port
plugin.path=$(jars_folder)/plugins
plugin.discovery=service_load
offset.flush.interval.ms=1000
scheduled.rebalance.max.delay.ms=0
heartbeat.interval.ms=1000
session.timeout.ms=5000
config.providers=env,file
config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
CONF
}

start_connect() {
  local command name served=''
  for name in $(broker_names); do ! is_ready "$name" || served=1; done
  [ -n "$served" ] || die "connect needs a broker, and none is ready" "try: scripts/sandbox up kafka connect"
  configure_connect
  mapfile -t command < <(java_command connect -XX:+UseSerialGC -XX:TieredStopAtLevel=1)
  launch connect env DBZ_PASSWORD="$dbz_password" "${command[@]}" org.apache.kafka.connect.cli.ConnectDistributed "$dir/connect.properties"
}

ready_connect() { curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$connect_port/health"; }

end_connect() { end connect TERM 20; }
kill_connect() { kill_hard connect; }
