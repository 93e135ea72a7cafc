-- Which version of each row is where, in one number: every INSERT, UPDATE and DELETE that was committed changes it, whatever triggers or statistics say,
-- and what brings back equal contents does not bring back the number. VACUUM and freezing leave xmin and ctid of a row that is there as they are.
select count(*) as rows, max(:"id")::bigint as last_id, coalesce(sum(hash_record_extended(row(tableoid, ctid, xmin), 0)), 0)::text as versions
  from :"schema".:"table";
