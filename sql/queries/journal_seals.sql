select table_name, direction, topic, digest, rows, events, last_id, ends, run, (extract(epoch from at) * 1000)::bigint as at_ms
  from mykartctl.seal
 order by table_name collate "C", direction;
