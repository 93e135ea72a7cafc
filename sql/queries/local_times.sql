-- Instants as the local times of a zone, in the order given. Only the server knows the zone's rules. folded: the local time is that of a later instant as
-- well, and is taken for it.
select l.local::text as local, l.local at time zone :'zone' <> t as folded
  from unnest(:'times'::text[]::timestamptz[]) with ordinality as given(t, n)
 cross join lateral (select t at time zone :'zone' as local) as l
 order by n;
