-- Whether a replay has put rows into the table: they are events already. Fails where schema mykartctl does not exist (replay_known.sql).
select exists (select from mykartctl.replayed where table_name = :'table') as any;
