-- The role of a CDC connector. Its password is set apart: it would be a literal.
create role :"role" login replication;
