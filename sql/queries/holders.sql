-- Transactions that hold RowExclusive on the table or one of its partitions: who may still insert below the highest id that was visible before
-- (newest_id.sql). INSERT takes that lock before nextval and keeps it until its rows are visible: once these have ended, no row can appear there.
-- :'among' limits the answer to those seen before (NULL: all). A prepared transaction has no pid.
select l.virtualtransaction as holder, l.pid, coalesce(a.application_name, '') as application, coalesce(host(a.client_addr), '') as address, min(a.xact_start) as since
  from pg_locks l
  left join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
   and l.database = (select oid from pg_database where datname = current_database())
   and l.relation in (select :'table'::regclass::oid union select relid::oid from pg_partition_tree(:'table'::regclass))
   and l.pid is distinct from pg_backend_pid()
   and (:'among'::text[] is null or l.virtualtransaction = any (:'among'::text[]))
 group by 1, 2, 3, 4
 order by 1;
