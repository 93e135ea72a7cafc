-- Subscriptions of this database that write what they receive into one of the tables or a part of it. Their workers hold no lock while nothing comes.
with recursive part(oid) as (
  select to_regclass(wanted.name)::oid from unnest(:'tables'::text[]) as wanted(name)
   union
  select i.inhrelid from part join pg_inherits i on i.inhparent = part.oid
)
select s.subname as name, n.nspname as schema, c.relname as table
  from pg_subscription_rel r
  join part on part.oid = r.srrelid
  join pg_class c on c.oid = r.srrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_subscription s on s.oid = r.srsubid
 where s.subenabled or exists (select from pg_stat_subscription w where w.subid = s.oid and w.pid is not null)
 order by 1, 2, 3;
