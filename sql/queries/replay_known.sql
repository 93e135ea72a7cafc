-- NULL: no replay has ever run in this database.
select to_regclass('mykartctl.replay_offset')::text as known;
