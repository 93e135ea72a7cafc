-- Whether any replay can ever have run in this database.
select to_regclass('mykartctl.replayed') is not null as known;
