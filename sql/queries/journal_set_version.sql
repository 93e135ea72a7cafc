insert into mykartctl.journal_version (version) values (:'version'::integer);
