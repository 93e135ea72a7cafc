-- A publication with its tables, one a row; a publication without tables is one row with NULL.
select p.pubname as name, pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables, t.schemaname as schema, t.tablename as "table"
  from pg_publication p
  left join pg_publication_tables t on t.pubname = p.pubname
 where p.pubname = :'name'
 order by t.schemaname collate "C", t.tablename collate "C";
