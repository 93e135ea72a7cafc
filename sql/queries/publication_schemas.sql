-- The schemas all of whose tables a publication publishes. From PostgreSQL 15 on.
select n.nspname as schema
  from pg_publication p
  join pg_publication_namespace s on s.pnpubid = p.oid
  join pg_namespace n on n.oid = s.pnnspid
 where p.pubname = :'name'
 order by n.nspname collate "C";
