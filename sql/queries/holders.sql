-- Transactions that hold RowExclusive on the table, a part of it, or a sequence that fills it: who may still insert below the highest id that was
-- visible before (newest_id.sql). INSERT takes that lock before nextval and keeps it until its rows are visible: once these have ended, no row can
-- appear there. nextval locks the sequence for the rest of its transaction: who takes an id first and inserts it later is seen by that.
-- :'among' limits the answer to those seen before (NULL: all). A prepared transaction has no pid.
with recursive part(oid) as (
  select :'table'::regclass::oid
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
)
select l.virtualtransaction as holder, l.pid, coalesce(a.application_name, '') as application, coalesce(host(a.client_addr), '') as address, min(a.xact_start) as since
  from pg_locks l
  left join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
   and l.database = (select oid from pg_database where datname = current_database())
   and l.relation in (select oid from part union select oid from filling)
   and l.pid is distinct from pg_backend_pid()
   and (:'among'::text[] is null or l.virtualtransaction = any (:'among'::text[]))
 group by 1, 2, 3, 4
 order by 1;
