-- The highest id that is visible now. Alone it is no barrier: open transactions may still insert below it (holders.sql).
select max(:"id") as id from :"schema".:"table";
