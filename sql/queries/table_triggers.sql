-- The triggers that people made on a table; those of its constraints are not among them.
select tgname as name from pg_trigger where tgrelid = :'oid' and not tgisinternal order by tgname collate "C";
