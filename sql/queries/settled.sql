-- First half of the barrier: the highest id that is visible now. Rows at or below it are final once every transaction that holds RowExclusive on the
-- table now (holders.sql) has ended: INSERT takes that lock before nextval and keeps it until its rows are visible.
select max(:"id") as id from :"schema".:"table";
