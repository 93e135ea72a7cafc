-- Ids for rows that the tool adds, from the table's own sequence: the application may be inserting at the same time.
select nextval(:'sequence'::regclass) as id from generate_series(1, :'count'::bigint);
