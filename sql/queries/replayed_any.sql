-- Whether a replay of the topic has put rows into the table: they are events already. Fails where schema mykartctl does not exist (replay_known.sql).
-- The first version of the journal has the name of the table without its schema.
select exists (select from mykartctl.replayed where table_name in (:'table', :'bare') and topic = :'topic') as any;
