-- The first record of a run is the one from before it did anything.
insert into mykartctl.core (run, table_name, rows, max_id, digest)
values (:'run'::bigint, :'table', :'rows'::bigint, :'max_id', :'digest')
on conflict do nothing;
