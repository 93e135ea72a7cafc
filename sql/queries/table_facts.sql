-- A table as a whole; of a partitioned one, the sums of its partitions. The sequence is the one that fills the first column of the primary key:
-- its default reads it (serial), or it is an identity.
select c.oid,
       pg_get_userbyid(c.relowner) as owner,
       c.relreplident as replica_identity,
       size.rows_estimate, size.bytes, size.updates, size.deletes,
       quote_ident(sn.nspname) || '.' || quote_ident(s.relname) as sequence,
       has_sequence_privilege(s.oid, 'SELECT') as sequence_readable,
       seq.seqcache as sequence_cache,
       seq.seqincrement as sequence_step,
       seq.seqcycle as sequence_cycles,
       seq.seqmax as sequence_most
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 cross join lateral (
       select coalesce(sum(case when leaf.reltuples < 0 then pg_stat_get_live_tuples(leaf.oid) else leaf.reltuples end), 0)::bigint as rows_estimate,
              coalesce(sum(pg_total_relation_size(leaf.oid)), 0)::bigint as bytes,
              coalesce(sum(pg_stat_get_tuples_updated(leaf.oid)), 0)::bigint as updates,
              coalesce(sum(pg_stat_get_tuples_deleted(leaf.oid)), 0)::bigint as deletes
         from (select c.oid union select relid from pg_partition_tree(c.oid)) as part(oid)
         join pg_class leaf on leaf.oid = part.oid and leaf.relkind <> 'p') as size  -- reltuples below 0: never analyzed
  left join pg_index pk on pk.indrelid = c.oid and pk.indisprimary
  left join lateral (
       select d.refobjid as oid
         from pg_attrdef a
         join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid and d.refclassid = 'pg_class'::regclass
         join pg_sequence q on q.seqrelid = d.refobjid
        where a.adrelid = c.oid and a.adnum = pk.indkey[0]
        union
       select d.objid
         from pg_depend d
        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = pk.indkey[0]
          and d.classid = 'pg_class'::regclass and d.deptype = 'i'
        limit 1) as filling on true
  left join pg_class s on s.oid = filling.oid
  left join pg_namespace sn on sn.oid = s.relnamespace
  left join pg_sequence seq on seq.seqrelid = filling.oid
 where n.nspname = :'schema' and c.relname = :'table' and c.relkind in ('r', 'p');
