-- Runs, the newest first; with :'migrations', only those that go in a direction.
select run, command, direction, context, who, host, pid, version, fingerprint, result, detail,
       (extract(epoch from started) * 1000)::bigint as started_ms, (extract(epoch from finished) * 1000)::bigint as finished_ms
  from mykartctl.run
 where not :'migrations'::boolean or direction <> ''
 order by run desc
 limit :'limit'::integer;
