-- What a role needs to read a slot.
alter role :"role" login replication;
