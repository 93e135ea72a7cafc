-- Passes where the four event tables are as 0003_analytics makes them: columns with type and nullability, keys and references. More columns
-- or indexes are the shop's own affair.
do $$
declare
  wrong text;
begin
  select string_agg(format('%s.%s is %s, not %s', w.tab, w.col, coalesce(format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end,
                                                                           'absent'), w.type), '; ' order by w.place)
    into wrong
    from (values
      (1,  'cart_events', 'cart_event_id', 'integer not null'),
      (2,  'cart_events', 'product_id', 'integer'),
      (3,  'cart_events', 'quantity', 'integer not null'),
      (4,  'cart_events', 'event_type', 'character varying(50) not null'),
      (5,  'cart_events', 'event_timestamp', 'timestamp without time zone'),
      (6,  'clicks', 'click_id', 'integer not null'),
      (7,  'clicks', 'product_id', 'integer'),
      (8,  'clicks', 'click_timestamp', 'timestamp without time zone'),
      (9,  'impressions', 'impression_id', 'integer not null'),
      (10, 'impressions', 'product_id', 'integer'),
      (11, 'impressions', 'impression_timestamp', 'timestamp without time zone'),
      (12, 'page_hits', 'hit_id', 'integer not null'),
      (13, 'page_hits', 'page_name', 'character varying(100) not null'),
      (14, 'page_hits', 'hit_timestamp', 'timestamp without time zone')) as w(place, tab, col, type)
    left join pg_attribute a on a.attrelid = to_regclass('public.' || w.tab) and a.attname = w.col and not a.attisdropped
   where a.attname is null or format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end <> w.type;
  if wrong is not null then raise exception '0003_analytics: %', wrong; end if;

  select string_agg(w.definition || ' is absent from ' || w.tab, '; ')
    into wrong
    from (values
      ('cart_events', 'PRIMARY KEY (cart_event_id)'),
      ('clicks', 'PRIMARY KEY (click_id)'),
      ('impressions', 'PRIMARY KEY (impression_id)'),
      ('page_hits', 'PRIMARY KEY (hit_id)'),
      ('cart_events', 'FOREIGN KEY (product_id) REFERENCES %products(product_id)%'),
      ('clicks', 'FOREIGN KEY (product_id) REFERENCES %products(product_id)%'),
      ('impressions', 'FOREIGN KEY (product_id) REFERENCES %products(product_id)%')) as w(tab, definition)
   where not exists (select from pg_constraint c
                      where c.conrelid = to_regclass('public.' || w.tab) and pg_get_constraintdef(c.oid) like w.definition);
  if wrong is not null then raise exception '0003_analytics: %', wrong; end if;
end $$;
