drop view public.product_analytics;
