-- What a name means that is no table: the word for people, NULL for nothing at all.
select case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
                      when 'S' then 'sequence' when 'c' then 'composite type' when 'i' then 'index' when 'I' then 'index' else 'relation' end as kind
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = :'schema' and c.relname = :'table';
