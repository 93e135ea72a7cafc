-- A replication slot, and how much WAL it makes the server keep.
select s.slot_name as name, s.plugin, s.database, s.wal_status, s.restart_lsn, s.confirmed_flush_lsn, s.active,
       coalesce(pg_wal_lsn_diff(now.lsn, s.restart_lsn), 0)::bigint as wal_held_bytes,
       coalesce(pg_wal_lsn_diff(now.lsn, s.confirmed_flush_lsn), 0)::bigint as lag_bytes
  from pg_replication_slots s
 cross join (select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn) as now
 where s.slot_name = :'name';
