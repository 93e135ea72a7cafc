-- Without this right the state of other roles' sessions is NULL, and that of their transactions with it.
select pg_has_role('pg_read_all_stats', 'USAGE') as may, current_user as "user";
