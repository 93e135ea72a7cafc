-- The time of the first row in key order: event tables grow by time, and the smallest time of all would need a scan.
select to_char(:"time", 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as oldest from :"schema".:"table" order by :"id" limit 1;
