select run, table_name, rows, max_id, digest, (extract(epoch from at) * 1000)::bigint as at_ms
  from mykartctl.core
 where run = (select max(run) from mykartctl.core)
 order by table_name collate "C";
