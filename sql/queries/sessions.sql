-- Who else is in this database, and who of them has a transaction open that has written, or may write, to one of the tables, to a part of it, or has
-- taken an id from its sequences (whoever asks nextval first and inserts later holds no lock on the table yet). A prepared transaction has no session
-- any more and keeps its locks, among them the one on its own number. The tool's own sessions are known by process and start (session.sql), not by a
-- name that anybody can take. Replication and what the server runs for itself write nothing of their own: they are shown when they hold a lock. What
-- subscriptions write: subscriptions.sql. Of other roles' sessions nothing is known without pg_read_all_stats (may_see_sessions.sql).
with recursive part(oid) as (
  select to_regclass(wanted.name)::oid from unnest(:'tables'::text[]) as wanted(name)
   union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.oid
), filling(oid) as (
  select s.seqrelid
    from part
    join pg_attrdef a on a.adrelid = part.oid
    join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid and d.refclassid = 'pg_class'::regclass
    join pg_sequence s on s.seqrelid = d.refobjid
   union
  select s.seqrelid
    from part
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = part.oid and d.classid = 'pg_class'::regclass and d.deptype = 'i'
    join pg_sequence s on s.seqrelid = d.objid
), writing as (
  select l.pid, l.virtualtransaction
    from pg_locks l
   where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
     and l.database = (select oid from pg_database where datname = current_database())
     and l.relation in (select oid from part union select oid from filling)
), activity as (
  select *, (pid::bigint << 32) | ((extract(epoch from backend_start) * 1000)::bigint & 4294967295) as own from pg_stat_activity
)
select a.pid,
       coalesce(a.application_name, '') as application,
       coalesce(host(a.client_addr), '') as address,
       coalesce(a.usename, '') as "user",
       coalesce(a.state, '') as state,
       (extract(epoch from coalesce(a.xact_start, a.state_change, a.backend_start)) * 1000)::bigint as since_ms,
       exists (select from writing w where w.pid = a.pid) as holds_row_exclusive,
       exists (select from part join pg_class c using (oid) where has_table_privilege(a.usesysid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) as may_write
  from activity a
 where a.datname = current_database() and a.own <> all (:'own'::bigint[])
   and (coalesce(a.backend_type, '') not in ('walsender', 'autovacuum worker', 'parallel worker') and coalesce(a.backend_type, '') !~ '^logical replication'
        or a.pid in (select w.pid from writing w))
 union all
select 0, p.gid, '', p.owner, 'prepared transaction', (extract(epoch from p.prepared) * 1000)::bigint,
       exists (select from writing w
                 join pg_locks own on own.virtualtransaction = w.virtualtransaction and own.locktype = 'transactionid' and own.pid is null
                where w.pid is null and own.transactionid = p.transaction), true
  from pg_prepared_xacts p
 where p.database = current_database()
 union all  -- a lock's holder who is not in the list above, whatever it is
select w.pid, '', '', '', '', null, true, true
  from writing w
 where w.pid is not null and w.pid not in (select pid from activity)
 order by 1;
