-- The fence of the replay: no row is updated when another runner has moved the offset since it was read.
update mykartctl.replay_offset set next_offset = :'next'::bigint
 where table_name = :'table' and topic = :'topic' and partition = :'partition'::integer and next_offset = :'expected'::bigint;
