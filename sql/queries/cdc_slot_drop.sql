-- Refused by the server (55006) while somebody reads from it. No row: there is no such slot any more, or none of this database and plugin.
select pg_drop_replication_slot(slot_name)
  from pg_replication_slots
 where slot_name = :'slot' and slot_type = 'logical' and database = current_database() and plugin = :'plugin';
