-- Changes with every ALTER TABLE that adds, drops or retypes a column: binary COPY does not tell what type a column has.
select md5(string_agg(concat_ws(' ', attrelid, attnum, attname, atttypid, atttypmod, attisdropped), ',' order by attnum)) as shape
  from pg_attribute where attrelid = format('%I.%I', :'schema'::text, :'table'::text)::regclass and attnum > 0;
