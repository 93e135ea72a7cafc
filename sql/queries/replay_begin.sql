-- A partition that was never replayed begins at the topic's start.
insert into mykartctl.replay_offset (table_name, topic, partition, start_offset, next_offset)
values (:'table', :'topic', :'partition'::integer, :'start'::bigint, :'start'::bigint)
on conflict do nothing;
