-- What was begun before topics were told apart by their ids is now known to be of this one.
update mykartctl.replay_offset set topic_id = :'topic_id'
 where table_name = :'table' and topic = :'topic' and topic_id is null and :'topic_id'::text is not null;
