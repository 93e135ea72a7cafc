-- What hangs on a table and is not a part of it: views that read it, also by way of other views; tables whose foreign keys point to it; functions
-- that use its row type or, with a body in SQL, read it; publications that list it.
with recursive reading(oid) as (
    select :'oid'::oid
     union
    select r.ev_class
      from reading
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = reading.oid and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite r on r.oid = d.objid
)
select case c.relkind when 'm' then 'materialized view' when 'v' then 'view' else 'rule of table' end as kind,
       n.nspname as schema, c.relname as name, pg_get_userbyid(c.relowner) as owner
  from reading join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace
 where c.oid <> :'oid'::oid
 union
select 'foreign key of table', n.nspname, c.relname, pg_get_userbyid(c.relowner)
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
 where k.contype = 'f' and k.confrelid = :'oid'::oid and k.conrelid <> k.confrelid and k.conparentid = 0
 union
select 'function', n.nspname, p.proname, pg_get_userbyid(p.proowner)
  from pg_depend d join pg_proc p on p.oid = d.objid join pg_namespace n on n.oid = p.pronamespace
 where d.classid = 'pg_proc'::regclass
   and (d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from reading)
        or d.refclassid = 'pg_type'::regclass and d.refobjid in (select unnest(array[t.oid, t.typarray]) from pg_type t
                                                                  where t.typrelid in (select oid from reading)))
 union
select 'publication', '', p.pubname, pg_get_userbyid(p.pubowner)
  from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
 where r.prrelid = :'oid'::oid
 order by 1, 2, 3;
