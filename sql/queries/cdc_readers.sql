-- Sessions of the role :'role' in this database that may be in a transaction: while an initial snapshot is read, one of them stays. Whose state this
-- session may not see counts.
select pid
  from pg_stat_activity
 where datname = current_database() and usename = :'role' and pid <> pg_backend_pid() and coalesce(state, '') <> 'idle'
 order by pid;
