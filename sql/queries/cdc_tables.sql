-- The tables :'tables' (a JSON array of {schema, name, like, exact}) in their order: what each is, what the role :'role' (which need not exist) may do
-- with it, by what a changed row of it is known, and what the publication :'publication' (which need not exist) leaves out of it. `like` is the pattern of
-- every name that Debezium takes for this one, letters without their case unless `exact`; NULL where that is not known. Lists of names are JSON arrays.
-- What a server's version does not have yet (filters and column lists before PostgreSQL 15) is read through to_jsonb, and is NULL there.
with wanted as (
  select item ->> 'schema' as schema, item ->> 'name' as name, item ->> 'like' as pattern, (item ->> 'exact')::boolean as exact, place
    from jsonb_array_elements(:'tables'::jsonb) with ordinality as list (item, place)
), published as materialized (
  select t.schemaname, t.tablename, to_jsonb(t) as facts from pg_publication_tables t where t.pubname = :'publication'
)
select w.schema, w.name, c.oid is not null as exists, c.relkind as kind, c.relpersistence as persistence,
       coalesce(pg_has_role(c.relowner, 'usage'), true) as may_publish,
       coalesce(has_schema_privilege(r.oid, n.oid, 'usage'), false) as may_use_schema,
       coalesce(has_table_privilege(r.oid, c.oid, 'select'), false) as may_select,
       coalesce(c.relrowsecurity and not r.rolsuper and not r.rolbypassrls and (c.relforcerowsecurity or not pg_has_role(r.oid, c.relowner, 'usage')),
                false) as hides_rows,
       coalesce(c.relreplident, 'd') as replica_identity,
       coalesce((c.relreplident = 'i' and not exists (select from pg_index i where i.indrelid = c.oid and i.indisreplident and i.indisvalid))
                or (c.relreplident = 'd' and exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and not i.indimmediate)),
                false) as identity_is_void,
       c.reltuples::bigint as rows_estimate,
       (select string_agg(a.attname, ',' order by k.place)
          from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
         where i.indrelid = c.oid and i.indisprimary) as key,
       coalesce(p.facts ->> 'rowfilter', case when m.facts ->> 'prqual' is not null then '…' end) as row_filter,
       (select jsonb_agg(a.attname order by a.attnum)
          from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
           and ((jsonb_typeof(p.facts -> 'attnames') = 'array' and not p.facts -> 'attnames' ? a.attname::text)
                or (jsonb_typeof(m.facts -> 'prattrs') = 'array' and not m.facts -> 'prattrs' @> to_jsonb(a.attnum)))) as left_out,
       (select jsonb_agg(jsonb_build_array(an.nspname, ac.relname))
          from pg_partition_ancestors(c.oid) up join pg_class ac on ac.oid = up.relid join pg_namespace an on an.oid = ac.relnamespace
         where up.relid <> c.oid) as ancestors,
       (select jsonb_agg(jsonb_build_array(ln.nspname, lc.relname) order by ln.nspname, lc.relname)
          from pg_partition_tree(c.oid) leaf join pg_class lc on lc.oid = leaf.relid join pg_namespace ln on ln.oid = lc.relnamespace
         where leaf.isleaf and leaf.relid <> c.oid and (lc.relkind <> 'r' or lc.relpersistence <> 'p')) as leaves_without_changes,
       (select jsonb_agg(jsonb_build_array(ln.nspname, lc.relname) order by ln.nspname, lc.relname)
          from pg_partition_tree(c.oid) leaf join pg_class lc on lc.oid = leaf.relid join pg_namespace ln on ln.oid = lc.relnamespace
         where leaf.isleaf and leaf.relid <> c.oid and lc.relkind = 'r'
           and (lc.relreplident = 'n'
                or (lc.relreplident <> 'f' and not exists (select from pg_index i
                                                            where i.indrelid = lc.oid and i.indisvalid and i.indimmediate
                                                              and case lc.relreplident when 'd' then i.indisprimary else i.indisreplident end)))
       ) as leaves_without_identity,
       (select jsonb_agg(jsonb_build_array(cn.nspname, cc.relname) order by cn.nspname, cc.relname)
          from pg_inherits h join pg_class cc on cc.oid = h.inhrelid join pg_namespace cn on cn.oid = cc.relnamespace
         where h.inhparent = c.oid and not cc.relispartition) as children,
       (select jsonb_agg(jsonb_build_array(sn.nspname, sc.relname) order by sn.nspname, sc.relname)
          from pg_class sc join pg_namespace sn on sn.oid = sc.relnamespace
         where sc.relkind in ('r', 'p') and sc.relpersistence <> 't' and sc.oid is distinct from c.oid
           and sn.nspname not in ('pg_catalog', 'information_schema') and sn.nspname not like 'pg\_toast%'
           and case when w.exact then sn.nspname || '.' || sc.relname like w.pattern
                    else lower((sn.nspname || '.' || sc.relname) collate "C") like lower(w.pattern collate "C") end) as siblings
  from wanted w
  left join pg_namespace n on n.nspname = w.schema
  left join pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p', 'v', 'm', 'f')
  left join published p on p.schemaname = w.schema and p.tablename = w.name
  left join lateral (select to_jsonb(pr) as facts from pg_publication_rel pr join pg_publication pub on pub.oid = pr.prpubid
                      where pr.prrelid = c.oid and pub.pubname = :'publication') m on true
  left join pg_roles r on r.rolname = :'role'
 order by w.place;
