-- phase: contract
-- run-by: deploy
-- The event tables leave public for a schema of their own: the rows stay, the way back is exact. Indexes, constraints and owned sequences
-- move with their tables; the view goes on reading them by identity, so it moves as well.

create schema if not exists mykart_retired;
alter table public.cart_events set schema mykart_retired;
alter table public.clicks set schema mykart_retired;
alter table public.impressions set schema mykart_retired;
alter table public.page_hits set schema mykart_retired;
alter view public.product_analytics set schema mykart_retired;
