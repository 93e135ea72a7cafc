-- phase: contract
-- run-by: finalize
-- The end of the event tables. Their rows are gone with them: only `finalize` runs this, after it has asked for the numbers.

drop view mykart_retired.product_analytics;
drop table mykart_retired.cart_events, mykart_retired.clicks, mykart_retired.impressions, mykart_retired.page_hits;
drop schema mykart_retired;
