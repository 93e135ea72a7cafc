-- Who holds the lock of a context now. What it wrote about itself counts only as long as its session lives; a holder that has written nothing yet
-- is known by its session.
select coalesce(h.who, a.usename, '') as who,
       coalesce(h.host, host(a.client_addr), '') as host,
       coalesce(h.command, a.application_name, '') as command,
       coalesce(host(a.client_addr), '') as address,
       coalesce(h.pid, 0) as pid,
       l.pid as backend,
       (extract(epoch from coalesce(h.since, a.backend_start, clock_timestamp())) * 1000)::bigint as since_ms
  from pg_locks l
  left join pg_stat_activity a on a.pid = l.pid
  left join mykartctl.lock_holder h on h.context = :'context' and h.backend = l.pid
 where l.locktype = 'advisory' and l.granted and l.objsubid = 1
   and l.database = (select oid from pg_database where datname = current_database())
   and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('mykartctl ' || :'context', 0);
