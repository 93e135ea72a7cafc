-- Steps that were started, and nobody knows how they ended: their run does not hold the lock of its context any more, and the resource was not
-- looked at since. (A step counts as looked at when a later one of the same resource has its verdict.)
select s.run, s.seq, s.kind, s.name, s.phase, s.action, s.detail, s.verdict,
       (extract(epoch from s.started) * 1000)::bigint as started_ms, null::bigint as finished_ms
  from mykartctl.step s
  join mykartctl.run r using (run)
 where s.finished is null
   and not exists (select
                     from mykartctl.lock_holder h
                     join pg_locks l on l.pid = h.backend and l.locktype = 'advisory' and l.granted and l.objsubid = 1
                      and l.database = (select oid from pg_database where datname = current_database())
                      and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('mykartctl ' || h.context, 0)
                    where h.context = r.context and h.host = r.host and h.pid = r.pid and h.since <= r.started)
   and not exists (select from mykartctl.step later
                    where later.kind = s.kind and later.name = s.name and later.finished is not null and (later.run, later.seq) > (s.run, s.seq))
 order by s.run, s.seq;
