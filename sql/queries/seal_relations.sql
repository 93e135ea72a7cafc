-- The relations that hold the rows of a table (itself, its partitions, the tables that inherit from it), each with what changes when it is replaced or
-- written anew: oid and filenode. A column that is dropped and added again leaves both as they are, so the columns count as well.
with recursive tree(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = :'schema' and c.relname = :'table'
   union
  select i.inhrelid from pg_inherits i join tree t on t.oid = i.inhparent
)
select (select system_identifier from pg_control_system()) as server,
       (select d.oid::bigint from pg_database d where d.datname = current_database()) as database,
       c.oid::bigint as oid,
       coalesce(pg_relation_filenode(c.oid), 0)::bigint as filenode,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
       (select coalesce(md5(string_agg(format('%s %s %s %s', a.attnum, a.attname, a.atttypid, a.atttypmod), ',' order by a.attnum)), '')
          from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from tree
  join pg_class c on c.oid = tree.oid and c.relkind <> 'p'
  join pg_namespace n on n.oid = c.relnamespace
 order by c.oid;
