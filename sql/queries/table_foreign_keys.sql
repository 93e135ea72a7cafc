-- The foreign keys of a table, one row a column of each.
select k.conname as name, a.attname as column, n.nspname as to_schema, t.relname as to_table, b.attname as to_column
  from pg_constraint k
  join pg_class t on t.oid = k.confrelid
  join pg_namespace n on n.oid = t.relnamespace
 cross join unnest(k.conkey, k.confkey) with ordinality as pair(here, there, place)
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = pair.here
  join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.there
 where k.conrelid = :'oid' and k.contype = 'f'
 order by k.conname collate "C", pair.place;
