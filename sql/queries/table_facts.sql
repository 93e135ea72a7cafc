-- A table as a whole; of a partitioned one, the sums of its partitions. The sequence is the one that fills the first column of the primary key.
select c.oid,
       pg_get_userbyid(c.relowner) as owner,
       c.relreplident as replica_identity,
       size.rows_estimate, size.bytes, size.updates, size.deletes,
       quote_ident(seq.schemaname) || '.' || quote_ident(seq.sequencename) as sequence,
       coalesce(seq.last_value, 0) as sequence_last,
       seq.cache_size as sequence_cache,
       seq.max_value as sequence_most
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 cross join lateral (
       select coalesce(sum(case when leaf.reltuples < 0 then pg_stat_get_live_tuples(leaf.oid) else leaf.reltuples end), 0)::bigint as rows_estimate,
              coalesce(sum(pg_total_relation_size(leaf.oid)), 0)::bigint as bytes,
              coalesce(sum(pg_stat_get_tuples_updated(leaf.oid)), 0)::bigint as updates,
              coalesce(sum(pg_stat_get_tuples_deleted(leaf.oid)), 0)::bigint as deletes
         from pg_class leaf  -- reltuples below 0: never analyzed
        where leaf.relkind <> 'p' and (leaf.oid = c.oid or leaf.oid in (select relid from pg_partition_tree(c.oid)))) as size
  left join pg_index pk on pk.indrelid = c.oid and pk.indisprimary
  left join pg_class s on s.relkind = 'S' and (
            s.oid in (select d.refobjid from pg_attrdef a join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
                       where a.adrelid = c.oid and a.adnum = pk.indkey[0])
            or s.oid in (select d.objid from pg_depend d
                          where d.classid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = pk.indkey[0] and d.deptype = 'i'))
  left join pg_namespace sn on sn.oid = s.relnamespace
  left join pg_sequences seq on seq.schemaname = sn.nspname and seq.sequencename = s.relname
 where n.nspname = :'schema' and c.relname = :'table' and c.relkind in ('r', 'p');
