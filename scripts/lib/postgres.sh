# PostgreSQL of the sandbox: superuser admin, an empty database mykart, logical replication on, durable as in production.
# shellcheck shell=bash disable=SC2154 # dir, postgres_port: sandbox

# The newest server of this machine; a function, because `up` may install it first.
postgres_bin() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

# initdb and postgres refuse root. They also refuse to start in a folder that their user may not enter.
as_postgres=()
[ "$(id -u)" -ne 0 ] || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups env -C / HOME=/var/lib/postgresql)

# The user postgres cannot enter every folder that root can (/root is closed to all others): then the data is kept in his home, and
# a link stands in its place.
make_postgres_data() {
  mkdir -p "$dir/postgres"
  [ "$(id -u)" -eq 0 ] || return 0
  chown postgres:postgres "$dir/postgres"
  if ! "${as_postgres[@]}" test -x "$dir/postgres"; then
    rmdir "$dir/postgres"
    ln -s "$("${as_postgres[@]}" mktemp -d /var/lib/postgresql/sandbox.XXXXXX)" "$dir/postgres"
  fi
}

postgres_data() { realpath "$dir/postgres"; }

wipe_postgres() {
  [ ! -L "$dir/postgres" ] || rm -rf "$(postgres_data)"
  rm -rf "$dir/postgres"
}

# The cluster, and in single-user mode (no port is opened yet; a line is a command) the role of pg_hba.conf and the database.
init_postgres() {
  "${as_postgres[@]}" "$(postgres_bin)/initdb" -D "$(postgres_data)" -U admin --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync
  "${as_postgres[@]}" "$(postgres_bin)/postgres" --single -D "$(postgres_data)" postgres <<'SQL'
CREATE ROLE password_required NOLOGIN;
CREATE DATABASE mykart OWNER admin;
SQL
}

# Written anew at each start: options win over what stood there. Everything else is PostgreSQL's default; fsync above all.
configure_postgres() {
  cat >"$dir/postgres/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $postgres_port
unix_socket_directories = ''
wal_level = logical
max_replication_slots = 10
max_wal_senders = 10
max_connections = 200
max_prepared_transactions = 20
shared_buffers = 256MB
max_wal_size = 2GB
client_connection_check_interval = 500ms
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %q%u@%d '
CONF
  cat >"$dir/postgres/pg_hba.conf" <<'CONF'
# Loopback only. Members of password_required must give one; everyone else is a developer on his own machine.
# TYPE  DATABASE     USER                ADDRESS       METHOD
host    all          +password_required  127.0.0.1/32  scram-sha-256
host    replication  +password_required  127.0.0.1/32  scram-sha-256
host    all          all                 127.0.0.1/32  trust
host    replication  all                 127.0.0.1/32  trust
CONF
}

start_postgres() {
  [ -x "$(postgres_bin)/postgres" ] || die "there is no PostgreSQL server in /usr/lib/postgresql" "try: scripts/packages sandbox"
  if ! was_made postgres; then
    wipe_postgres
    make_postgres_data
    init_postgres >"$(log_of initdb)" 2>&1 || show_log_and_die initdb "initdb failed"
    mark_made postgres
  fi
  configure_postgres
  launch postgres "${as_postgres[@]}" "$(postgres_bin)/postgres" -D "$(postgres_data)"
}

ready_postgres() { "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$postgres_port" -d postgres -U admin; }

# SIGINT: roll back what is open and go ("fast shutdown").
end_postgres() { end postgres INT 30; }

# Its lock file goes too: as long as nobody has reaped the killed process, PostgreSQL would take that pid for a running server.
kill_postgres() {
  kill_hard postgres
  rm -f "$dir/postgres/postmaster.pid"
}
