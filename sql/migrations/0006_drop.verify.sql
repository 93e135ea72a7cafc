-- Passes where neither public nor mykart_retired has any of the event tables or the view.
do $$
declare
  wrong text;
begin
  select string_agg(s.name || '.' || w.name, ', ')
    into wrong
    from (values ('cart_events'), ('clicks'), ('impressions'), ('page_hits'), ('product_analytics')) as w(name)
   cross join (values ('public'), ('mykart_retired')) as s(name)
   where to_regclass(s.name || '.' || w.name) is not null;
  if wrong is not null then raise exception '0006_drop: still there: %', wrong; end if;
end $$;
