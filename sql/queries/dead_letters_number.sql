select count(*) as letters from mykartctl.dead_letter where table_name = :'table' and topic = :'topic' and state = 'open';
