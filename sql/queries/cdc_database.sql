-- This database, whether the role :'role' (which need not exist) may connect to it, and whether this session may make publications in it.
select current_database() as name,
       coalesce((select has_database_privilege(r.oid, current_database(), 'connect') from pg_roles r where r.rolname = :'role'), false) as may_connect,
       has_database_privilege(current_database(), 'create') as may_create;
