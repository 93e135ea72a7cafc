-- A partition that was never replayed begins where its topic did when it was first seen.
insert into mykartctl.replay_offset (table_name, topic, partition, start_offset, next_offset, topic_id)
values (:'table', :'topic', :'partition'::integer, :'start'::bigint, :'start'::bigint, :'topic_id')
on conflict do nothing;
