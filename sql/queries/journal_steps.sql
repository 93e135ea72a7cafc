select run, seq, kind, name, phase, action, detail, verdict,
       (extract(epoch from started) * 1000)::bigint as started_ms, (extract(epoch from finished) * 1000)::bigint as finished_ms
  from mykartctl.step
 where run = :'run'::bigint
 order by seq;
