-- What runs when a row is inserted into a table or one of its partitions, by name: triggers that people made and that are enabled, and rules (which COPY
-- leaves aside). The fence is not among them.
with part as (select relid as oid from pg_partition_tree(format('%I.%I', :'schema'::text, :'table'::text)::regclass)
               union select format('%I.%I', :'schema'::text, :'table'::text)::regclass)
select t.tgname as name, 'trigger' as kind, t.tgtype & 2 <> 0 as before, t.tgtype & 1 <> 0 as each_row, p.proname as function
  from part join pg_trigger t on t.tgrelid = part.oid join pg_proc p on p.oid = t.tgfoid
 where not t.tgisinternal and t.tgtype & 4 <> 0 and t.tgenabled in ('O', 'A') and p.oid is distinct from to_regprocedure('mykartctl.fence()') and t.tgparentid = 0
 union
select r.rulename, 'rule', false, true, '' from part join pg_rewrite r on r.ev_class = part.oid where r.ev_type = '3' and r.ev_enabled <> 'D'
 order by 2 desc, 1;
