-- Where tables are that were seen before; one that was dropped is left out.
select c.oid, n.nspname as schema, c.relname as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.oid = any (:'oids'::oid[]);
