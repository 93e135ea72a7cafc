select :"id" as id from :"schema".:"table" where :"id" = any (:'ids'::bigint[]);
