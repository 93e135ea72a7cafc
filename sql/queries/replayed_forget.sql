-- Ids that the sequence gives again, of rows that are gone: they belong to other events from now on.
delete from mykartctl.replayed where table_name = :'table' and id = any (:'ids'::bigint[]);
