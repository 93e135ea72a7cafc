-- Letters of a batch that was not kept, once it is tried again.
delete from mykartctl.dead_letter where table_name = :'table' and topic = :'topic' and state = 'over_limit';
