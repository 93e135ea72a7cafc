-- What a sequence can still give to the rows of its table: the highest id that is there, the last one it gave, and the last one that it and the column
-- can have.
select (select max(:"id")::bigint from :"schema".:"table") as highest,
       coalesce(pg_sequence_last_value(q.seqrelid::regclass), q.seqstart - q.seqincrement) as last,
       least(q.seqmax, case a.atttypid when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647 else q.seqmax end) as most,
       q.seqincrement as step
  from pg_sequence q, pg_attribute a
 where q.seqrelid = :'sequence'::regclass and a.attrelid = format('%I.%I', :'schema'::text, :'table'::text)::regclass and a.attname = :'id';
