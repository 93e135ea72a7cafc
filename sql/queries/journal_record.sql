insert into mykartctl.migration (id, digest, state, by, run, at)
values (:'id', :'digest', :'state', :'by', :'run'::bigint, 'epoch'::timestamptz + :'at_ms'::bigint * interval '1 millisecond')
on conflict (id) do update set digest = excluded.digest, state = excluded.state, by = excluded.by, run = excluded.run, at = excluded.at;
