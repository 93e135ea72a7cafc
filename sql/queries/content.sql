-- How many rows there are up to a key, and a digest of all that stands in them. A sum does not depend on the order in which the rows lie or are
-- read; numeric, because a sum of 64-bit hashes is longer than 64 bits. Settings that change how a value looks as text are fixed in each session.
select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as digest
  from :"schema".:"table" t
 where :"key" <= :'max_key';
