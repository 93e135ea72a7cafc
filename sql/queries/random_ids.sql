-- So many ids of a table, each as likely as any other; between bounds where they are not null.
select :"id" as id from :"schema".:"table"
where (:'first'::bigint is null or :"id" >= :'first'::bigint) and (:'last'::bigint is null or :"id" <= :'last'::bigint)
order by random() limit :'most'::bigint;
