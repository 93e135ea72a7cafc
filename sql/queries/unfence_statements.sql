-- The statements that take the fence of a table away, each as one text: from whatever belongs to it, however it was put there, and from what belonged
-- to it when it was fenced (the triggers' argument is the table's name). What partitions have from their table goes with that.
with recursive part(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = :'schema' and c.relname = :'table'
   union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.oid
), fence as (
  select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'mykartctl' and p.proname = 'fence' and p.pronargs = 0
)
select format('drop trigger %I on %I.%I', t.tgname, n.nspname, c.relname) as statement
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  join pg_namespace n on n.oid = c.relnamespace
 where t.tgparentid = 0
   and (t.tgrelid in (select oid from part) and (t.tgname in ('mykartctl_fence', 'mykartctl_fence_row') or t.tgfoid in (select oid from fence))
        or t.tgfoid in (select oid from fence) and t.tgargs = convert_to(:'of', getdatabaseencoding()) || '\x00'::bytea)
 order by c.relkind = 'p' desc, statement;
