-- The highest id that is visible now, NULL of an empty table. Alone it is no barrier: open transactions may still insert below it (holders.sql). As
-- quick as max(), which not every type of a key has that a plan is yet to refuse (uuid).
select (select :"id" from :"schema".:"table" order by :"id" desc limit 1) as id;
