-- NULL: no replay has ever run in this database. A journal of the first version knows nothing of what the rows were that a replay wrote.
select to_regclass('mykartctl.replay_offset')::text as known,
       exists (select from pg_attribute where attrelid = to_regclass('mykartctl.replayed') and attname = 'content' and not attisdropped) as contents;
