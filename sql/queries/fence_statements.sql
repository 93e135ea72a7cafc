-- The statements that put the fence on a table and all that belongs to it (table_parts.sql), each as one text. Partitions get the trigger FOR EACH ROW
-- from their table, those that are attached later as well.
with recursive part(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = :'schema' and c.relname = :'table'
   union
  select i.inhrelid
    from part join pg_inherits i on i.inhparent = part.oid
   where not coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false)
), named as (
  select format('%I.%I', n.nspname, c.relname) as name,
         not c.relispartition or n.nspname = :'schema' and c.relname = :'table' as root
    from part join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace
)
select 1 as place, name,
       format('create trigger mykartctl_fence before insert or update or delete or truncate on %s for each statement execute function mykartctl.fence(%L)',
              name, :'of'::text) as statement
  from named
 union all
select 2, name,
       format('create trigger mykartctl_fence_row before insert or update or delete on %s for each row execute function mykartctl.fence(%L)', name, :'of'::text)
  from named where root
 union all
select 3, name, format('alter table only %s enable always trigger mykartctl_fence, enable always trigger mykartctl_fence_row', name)
  from named
 order by place, name;
