-- Passes where the four tables and the view are in mykart_retired and public has none of them.
do $$
declare
  wrong text;
begin
  select string_agg(w.name, ', ')
    into wrong
    from (values ('cart_events'), ('clicks'), ('impressions'), ('page_hits'), ('product_analytics')) as w(name)
   where to_regclass('mykart_retired.' || w.name) is null or to_regclass('public.' || w.name) is not null;
  if wrong is not null then raise exception '0005_retire: not (only) in mykart_retired: %', wrong; end if;
end $$;
