select partition, start_offset, next_offset from mykartctl.replay_offset where table_name = :'table' and topic = :'topic' order by partition;
