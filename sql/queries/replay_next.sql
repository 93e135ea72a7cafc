-- How far each partition is replayed, of which topic.
select partition, start_offset, next_offset, to_jsonb(o) ->> 'topic_id' as topic_id
  from mykartctl.replay_offset o
 where table_name in (:'table', :'bare') and topic = :'topic'
 order by partition;
