select partition, next_offset from mykartctl.replay_offset where table_name = :'table' and topic = :'topic';
