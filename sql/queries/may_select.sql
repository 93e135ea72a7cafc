-- Whether a role may read a table: USAGE on its schema and SELECT on itself. False when either does not exist.
select coalesce(bool_and(has_schema_privilege(r.oid, n.oid, 'USAGE') and has_table_privilege(r.oid, c.oid, 'SELECT')), false) as may
  from pg_roles r, pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where r.rolname = :'role' and n.nspname = :'schema' and c.relname = :'table';
