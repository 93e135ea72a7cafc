-- Ordinary and partitioned tables of a schema, by name; a partition is a part of its table.
select c.relname as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = :'schema' and c.relkind in ('r', 'p') and not c.relispartition
 order by c.relname collate "C";
