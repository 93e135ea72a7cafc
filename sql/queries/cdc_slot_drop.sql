-- Refused by the server (55006) while somebody reads from it.
select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = :'slot';
