-- phase: expand
-- The shop's core: what it sells, and what was ordered. These tables stay in PostgreSQL before, during and after the migration of the events.

create table public.products (
  product_id     serial primary key,
  name           varchar(255) not null,
  description    text not null,
  price          decimal(10, 2) not null,
  category       varchar(100) not null,
  brand          varchar(100),
  stock_quantity integer default 100,
  image_url      varchar(500),
  created_at     timestamp default current_timestamp
);
create index idx_products_category on public.products (category);
create index idx_products_price on public.products (price);

create table public.orders (
  order_id        serial primary key,
  order_timestamp timestamp default current_timestamp,
  total_amount    decimal(10, 2) not null,
  status          varchar(50) default 'placed'
);

create table public.order_line_items (
  line_item_id serial primary key,
  order_id     integer references public.orders (order_id),
  product_id   integer references public.products (product_id),
  quantity     integer not null,
  price        decimal(10, 2) not null,
  created_at   timestamp default current_timestamp
);
