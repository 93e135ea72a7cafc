-- Passes where the three core tables are as 0001_core makes them: columns with type and nullability, keys and references. More columns or
-- indexes are the shop's own affair.
do $$
declare
  wrong text;
begin
  select string_agg(format('%s.%s is %s, not %s', w.tab, w.col, coalesce(format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end,
                                                                           'absent'), w.type), '; ' order by w.place)
    into wrong
    from (values
      (1,  'products', 'product_id', 'integer not null'),
      (2,  'products', 'name', 'character varying(255) not null'),
      (3,  'products', 'description', 'text not null'),
      (4,  'products', 'price', 'numeric(10,2) not null'),
      (5,  'products', 'category', 'character varying(100) not null'),
      (6,  'products', 'brand', 'character varying(100)'),
      (7,  'products', 'stock_quantity', 'integer'),
      (8,  'products', 'image_url', 'character varying(500)'),
      (9,  'products', 'created_at', 'timestamp without time zone'),
      (10, 'orders', 'order_id', 'integer not null'),
      (11, 'orders', 'order_timestamp', 'timestamp without time zone'),
      (12, 'orders', 'total_amount', 'numeric(10,2) not null'),
      (13, 'orders', 'status', 'character varying(50)'),
      (14, 'order_line_items', 'line_item_id', 'integer not null'),
      (15, 'order_line_items', 'order_id', 'integer'),
      (16, 'order_line_items', 'product_id', 'integer'),
      (17, 'order_line_items', 'quantity', 'integer not null'),
      (18, 'order_line_items', 'price', 'numeric(10,2) not null'),
      (19, 'order_line_items', 'created_at', 'timestamp without time zone')) as w(place, tab, col, type)
    left join pg_attribute a on a.attrelid = to_regclass('public.' || w.tab) and a.attname = w.col and not a.attisdropped
   where a.attname is null or format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end <> w.type;
  if wrong is not null then raise exception '0001_core: %', wrong; end if;

  select string_agg(w.definition || ' is absent from ' || w.tab, '; ')
    into wrong
    from (values
      ('products', 'PRIMARY KEY (product_id)'),
      ('orders', 'PRIMARY KEY (order_id)'),
      ('order_line_items', 'PRIMARY KEY (line_item_id)'),
      ('order_line_items', 'FOREIGN KEY (order_id) REFERENCES %orders(order_id)%'),
      ('order_line_items', 'FOREIGN KEY (product_id) REFERENCES %products(product_id)%')) as w(tab, definition)
   where not exists (select from pg_constraint c
                      where c.conrelid = to_regclass('public.' || w.tab) and pg_get_constraintdef(c.oid) like w.definition);
  if wrong is not null then raise exception '0001_core: %', wrong; end if;
end $$;
