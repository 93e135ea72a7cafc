select table_name, direction, topic, digest, rows, events, last_id, ends, run, to_jsonb(s) ->> 'facts' as facts, (extract(epoch from at) * 1000)::bigint as at_ms
  from mykartctl.seal s
 order by table_name collate "C", direction;
