-- Passes where the view is there and reads the three event tables and the products, whatever its columns of counts are called.
do $$
declare
  wrong text;
begin
  if not exists (select from pg_class where oid = to_regclass('public.product_analytics') and relkind = 'v') then
    raise exception '0004_product_analytics: there is no view public.product_analytics';
  end if;
  select string_agg(w.tab, ', ')
    into wrong
    from (values ('products'), ('clicks'), ('impressions'), ('cart_events')) as w(tab)
   where not exists (select
                       from pg_rewrite r
                       join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
                      where r.ev_class = to_regclass('public.product_analytics') and d.refobjid = to_regclass('public.' || w.tab));
  if wrong is not null then raise exception '0004_product_analytics: the view does not read %', wrong; end if;
  select string_agg(w.col, ', ')
    into wrong
    from (values ('product_id'), ('name'), ('price'), ('category')) as w(col)
   where not exists (select from pg_attribute a where a.attrelid = to_regclass('public.product_analytics') and a.attname = w.col);
  if wrong is not null then raise exception '0004_product_analytics: the view has no column %', wrong; end if;
end $$;
