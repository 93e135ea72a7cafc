-- What kind of server this is, and what the role of this session may do on it. The time zone is the one that the application's sessions get.
select split_part(current_setting('server_version'), ' ', 1) as version,
       current_database() as database,
       current_user as "user",
       (select system_identifier from pg_control_system()) as system_identifier,
       current_setting('wal_level') as wal_level,
       (select reset_val from pg_settings where name = 'TimeZone') as time_zone,
       current_setting('server_encoding') as encoding,
       r.rolsuper as superuser,
       r.rolsuper or r.rolreplication as can_replicate,
       has_database_privilege(current_database(), 'CREATE') as can_create,
       (select count(*) from pg_replication_slots) as slots_used,
       current_setting('max_replication_slots') as slots_most,
       current_setting('max_wal_senders') as senders_most,
       coalesce(current_setting('max_slot_wal_keep_size', true), '-1') as max_slot_wal_keep_size
  from pg_roles r
 where r.rolname = current_user;
