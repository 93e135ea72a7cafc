alter view mykart_retired.product_analytics set schema public;
alter table mykart_retired.page_hits set schema public;
alter table mykart_retired.impressions set schema public;
alter table mykart_retired.clicks set schema public;
alter table mykart_retired.cart_events set schema public;
-- Whatever else somebody keeps there stays.
do $$ begin
  drop schema mykart_retired;
exception when dependent_objects_still_exist or insufficient_privilege then null;
end $$;
