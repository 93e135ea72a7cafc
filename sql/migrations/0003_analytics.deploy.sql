-- phase: expand
-- What happens in the shop, one table a kind of event. The application only ever adds rows.

create table public.cart_events (
  cart_event_id   serial primary key,
  product_id      integer references public.products (product_id),
  quantity        integer not null,
  event_type      varchar(50) not null,  -- added, removed, increased, decreased
  event_timestamp timestamp default current_timestamp
);
create index idx_cart_events_timestamp on public.cart_events (event_timestamp);

create table public.clicks (
  click_id        serial primary key,
  product_id      integer references public.products (product_id),
  click_timestamp timestamp default current_timestamp
);
create index idx_clicks_product_timestamp on public.clicks (product_id, click_timestamp);

create table public.impressions (
  impression_id        serial primary key,
  product_id           integer references public.products (product_id),
  impression_timestamp timestamp default current_timestamp
);
create index idx_impressions_product_timestamp on public.impressions (product_id, impression_timestamp);

create table public.page_hits (
  hit_id        serial primary key,
  page_name     varchar(100) not null,
  hit_timestamp timestamp default current_timestamp
);
create index idx_page_hits_timestamp on public.page_hits (hit_timestamp);
