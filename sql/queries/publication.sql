-- A publication with the tables that it names, one a row; one that names none is one row with NULL. Partitions that it publishes because of their table,
-- and the tables of its schemas, are not named. pg_publication_namespace came with PostgreSQL 15.
select p.pubname as name, pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables, p.pubinsert as inserts, p.pubupdate as updates,
       p.pubdelete as deletes, p.pubtruncate as truncates, p.pubviaroot as via_root, pg_has_role(p.pubowner, 'usage') as may_alter,
       to_regclass('pg_catalog.pg_publication_namespace') is not null as may_have_schemas, n.nspname as schema, c.relname as "table"
  from pg_publication p
  left join pg_publication_rel r on r.prpubid = p.oid
  left join pg_class c on c.oid = r.prrelid
  left join pg_namespace n on n.oid = c.relnamespace
 where p.pubname = :'name'
 order by n.nspname collate "C", c.relname collate "C";
