insert into mykartctl.seal (table_name, direction, topic, digest, rows, events, last_id, ends, run, facts)
values (:'table', :'direction', :'topic', :'digest', :'rows'::bigint, :'events'::bigint, :'last_id'::bigint, :'ends'::jsonb, :'run'::bigint, :'facts'::jsonb)
on conflict (table_name, direction) do update
  set topic = excluded.topic, digest = excluded.digest, rows = excluded.rows, events = excluded.events, last_id = excluded.last_id,
      ends = excluded.ends, run = excluded.run, facts = excluded.facts, at = excluded.at;
