-- Who else is in this database, and who of them has a transaction open that has written, or may write, to one of the tables. A prepared transaction
-- has no session any more and keeps its locks. The tool's own sessions and replication are left out.
with writing as (
  select l.pid, l.virtualtransaction
    from pg_locks l
   where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
     and l.database = (select oid from pg_database where datname = current_database())
     and l.relation in (select part
                          from unnest(:'tables'::text[]) as wanted(name),
                               lateral (select to_regclass(wanted.name)::oid as part
                                         union select relid::oid from pg_partition_tree(to_regclass(wanted.name))) as parts)
)
select a.pid,
       coalesce(a.application_name, '') as application,
       coalesce(host(a.client_addr), '') as address,
       coalesce(a.usename, '') as "user",
       coalesce(a.state, '') as state,
       (extract(epoch from coalesce(a.xact_start, a.state_change, a.backend_start)) * 1000)::bigint as since_ms,
       exists (select from writing w where w.pid = a.pid) as holds_row_exclusive
  from pg_stat_activity a
 where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
   and a.application_name not like 'mykartctl%'
 union all
select 0, p.gid, '', p.owner, 'prepared transaction', (extract(epoch from p.prepared) * 1000)::bigint,
       exists (select from writing w where w.pid is null and split_part(w.virtualtransaction, '/', 2) = p.transaction::text)
  from pg_prepared_xacts p
 where p.database = current_database()
 order by 1;
