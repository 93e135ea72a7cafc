-- A table and all that is read with it: partitions of any depth (not those that are being detached: nobody reads them with it any more) and children
-- by INHERITS; of each, whether the fence stands on it. A fence counts when it cannot be passed: BEFORE triggers FOR EACH STATEMENT and FOR EACH ROW
-- (COPY and statements fire the first; a subscription's changes, and rows that come by the parent, the second), ENABLE ALWAYS (session_replication_role
-- does not switch them off), without a condition, of a function whose text is the tool's and whose owner is nobody who could change it unseen.
-- :'of' is the name under which the manifest knows the table: it is the triggers' argument, so that those on a part that was detached are found as well.
with recursive root as (
  select c.oid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = :'schema' and c.relname = :'table' and c.relkind in ('r', 'p')
), part(oid) as (
  select oid from root
   union
  select i.inhrelid
    from part join pg_inherits i on i.inhparent = part.oid
   where not coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false)  -- since PostgreSQL 14
), fence as (
  select p.oid,
         p.prosrc = :'body' and p.proconfig is null and not p.prosecdef and l.lanname = 'plpgsql'
           and (r.rolsuper or p.proowner in (n.nspowner, (select oid from pg_roles where rolname = current_user))) as intact
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    join pg_language l on l.oid = p.prolang
    join pg_roles r on r.oid = p.proowner
   where n.nspname = 'mykartctl' and p.proname = 'fence' and p.pronargs = 0
), standing as (
  select t.tgrelid, t.tgtype, t.tgname, t.tgargs = convert_to(:'of', getdatabaseencoding()) || '\x00'::bytea as of_this,
         t.tgenabled = 'A' and t.tgqual is null and t.tgattr::text = '' and fence.intact as holds
    from pg_trigger t join fence on fence.oid = t.tgfoid
), held as (
  select tgrelid,
         bool_or(tgtype = 62 and holds and of_this and tgname = 'mykartctl_fence') as statements,
         bool_or(tgtype = 31 and holds and of_this and tgname = 'mykartctl_fence_row') as rows
    from standing group by tgrelid
), tables as (
  select oid, false as apart from part
   union
  select tgrelid, true from standing where of_this and tgrelid not in (select oid from part)
)
select c.oid, n.nspname as schema, c.relname as name,
       case when tables.apart then 'apart' when c.oid = (select oid from root) then 'root' when c.relispartition then 'partition' else 'child' end as link,
       c.relkind = 'f' as elsewhere,
       pg_has_role(c.relowner, 'USAGE') as may_alter,
       coalesce((select bool_and(intact) from fence), false) as function_intact,
       coalesce(c.relhastriggers and held.statements, false) as statements_held,
       coalesce(c.relhastriggers and held.rows, false) as rows_held,
       held.tgrelid is not null
         or exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname in ('mykartctl_fence', 'mykartctl_fence_row')) as any_fence,
       (select string_agg(format('%s %s', case when c.relispartition then 'partition of' else 'child of' end, i.inhparent::regclass), ', ')
          from pg_inherits i where i.inhrelid = c.oid and c.oid = (select oid from root)) as belongs_to,
       (select q.seqrelid::regclass::text
          from pg_attribute a
          join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
          join pg_sequence q on q.seqrelid = p.refobjid
         where a.attrelid = c.oid and a.attname = :'id' limit 1) as sequence
  from tables
  join pg_class c using (oid)
  join pg_namespace n on n.oid = c.relnamespace
  left join held on held.tgrelid = c.oid
 order by c.oid = (select oid from root) desc, 1, 2;
