-- Instants as the local times of a zone, in the order given. Only the server knows the zone's rules.
select (t at time zone :'zone')::text as local from unnest(:'times'::text[]::timestamptz[]) with ordinality as given(t, n) order by n;
