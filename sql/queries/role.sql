-- A role, and whether this session may see if it has a password (role_password.sql).
select rolname as name, rolcanlogin as login, rolreplication as replication, rolsuper as superuser,
       has_table_privilege('pg_catalog.pg_authid', 'SELECT') as password_visible
  from pg_roles
 where rolname = :'name';
