-- phase: expand
-- How often each product was seen, clicked and put into a cart.

create view public.product_analytics as
select p.product_id,
       p.name,
       p.price,
       p.category,
       count(distinct c.click_id) as total_clicks,
       count(distinct i.impression_id) as total_impressions,
       count(distinct ce.cart_event_id) as total_cart_events
  from public.products p
  left join public.clicks c on p.product_id = c.product_id
  left join public.impressions i on p.product_id = i.product_id
  left join public.cart_events ce on p.product_id = ce.product_id
 group by p.product_id, p.name, p.price, p.category;
