-- Makes analytics events in a shop that has products: psql runs it, the server does the work. What they look like is what a shop's events look
-- like: a few products take most of the attention, one event in a thousand has no product, times rise with the ids up to now.
--
--   psql -v ON_ERROR_STOP=1 -v rows=250000 -f sql/generate_events.sql mykart         250,000 rows in each of the four tables
--   psql -v rows=0 -v cart_events=2000000 -v days=365 -f sql/generate_events.sql mykart
--
-- rows         rows of each table (100000), unless cart_events, clicks, impressions or page_hits says otherwise
-- days         how far back the first event lies (90)
-- The same variables give the same events, but for the time. A superuser's session skips the check of the foreign keys, which takes two thirds
-- of the time and cannot find anything: the ids come from products.

\set ON_ERROR_STOP on
\if :{?rows} \else \set rows 100000 \endif
\if :{?days} \else \set days 90 \endif
\if :{?cart_events} \else \set cart_events :rows \endif
\if :{?clicks} \else \set clicks :rows \endif
\if :{?impressions} \else \set impressions :rows \endif
\if :{?page_hits} \else \set page_hits :rows \endif

select setseed(0.42) as ignored \gset
select array_agg(product_id order by md5(product_id::text)) as ids, count(*) as products from public.products \gset

-- The id of a product by popularity (a fifth of them gets three fifths of the events), or NULL once in a thousand; an instant within the n-th of
-- :events equal parts of the time.
\set some_product '(case when random() < 0.999 then (' :'ids' '::integer[])[1 + floor(' :products ' * power(random(), 3))::integer] end)'
\set instant_among 'localtimestamp - ' :days ' * interval ''1 day'' * (1 - (n - random()) / '

begin;
select set_config('session_replication_role', 'replica', true) as ignored where current_setting('is_superuser') = 'on' \gset

insert into public.page_hits (page_name, hit_timestamp)
select (array['products', 'products', 'products', 'cart'])[1 + floor(random() * 4)::integer], :instant_among :page_hits)
  from generate_series(1, :page_hits) as n;

insert into public.impressions (product_id, impression_timestamp)
select :some_product, :instant_among :impressions)
  from generate_series(1, :impressions) as n;

insert into public.clicks (product_id, click_timestamp)
select :some_product, :instant_among :clicks)
  from generate_series(1, :clicks) as n;

insert into public.cart_events (product_id, quantity, event_type, event_timestamp)
select :some_product,
       1 + floor(4 * power(random(), 4))::integer,
       (array['added', 'added', 'added', 'added', 'removed', 'increased', 'increased', 'decreased'])[1 + floor(random() * 8)::integer],
       :instant_among :cart_events)
  from generate_series(1, :cart_events) as n;
commit;

analyze public.page_hits, public.impressions, public.clicks, public.cart_events;
