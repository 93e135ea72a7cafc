-- The highest key of a table as text; NULL when it is empty.
select max(:"key")::text as key from :"schema".:"table";
