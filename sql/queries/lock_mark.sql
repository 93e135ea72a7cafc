-- For others to read; the lock itself is the one in pg_locks.
insert into mykartctl.lock_holder (context, who, host, command, pid, backend, since)
values (:'context', :'who', :'host', :'command', :'pid'::integer, pg_backend_pid(), clock_timestamp())
on conflict (context) do update
  set who = excluded.who, host = excluded.host, command = excluded.command, pid = excluded.pid, backend = excluded.backend, since = excluded.since;
