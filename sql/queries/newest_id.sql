-- The highest id that is visible now. Not a barrier: open transactions may still insert below it (settled.sql).
select max(:"id") as id from :"schema".:"table";
