-- Brings a sequence to the highest id that its table has; no row where it is there already. Under a lock that keeps others from inserting: else setval
-- could take back what they have drawn meanwhile.
select setval(:'sequence'::regclass, m.id) as last
  from (select max(:"id")::bigint as id from :"schema".:"table") as m
 where m.id > coalesce(pg_sequence_last_value(:'sequence'::regclass), 0);
