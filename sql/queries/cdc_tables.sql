-- The tables :'tables' ("schema.name,schema.name") in their order: whether they exist, what the role :'role' (which need not exist) may do with them, and
-- by what a changed row of them is known.
select split_part(wanted.name, '.', 1) as schema, split_part(wanted.name, '.', 2) as name, c.oid is not null as exists,
       coalesce(has_schema_privilege(r.oid, n.oid, 'usage'), false) as may_use_schema,
       coalesce(has_table_privilege(r.oid, c.oid, 'select'), false) as may_select,
       coalesce(c.relreplident, 'd') as replica_identity, c.reltuples::bigint as rows_estimate,
       (select string_agg(a.attname, ',' order by k.place)
          from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
         where i.indrelid = c.oid and i.indisprimary) as key
  from unnest(string_to_array(:'tables', ',')) with ordinality as wanted (name, place)
  left join pg_namespace n on n.nspname = split_part(wanted.name, '.', 1)
  left join pg_class c on c.relnamespace = n.oid and c.relname = split_part(wanted.name, '.', 2) and c.relkind in ('r', 'p')
  left join pg_roles r on r.rolname = :'role'
 order by wanted.place;
