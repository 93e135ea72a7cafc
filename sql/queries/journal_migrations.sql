select id, digest, state, by, (extract(epoch from at) * 1000)::bigint as at_ms from mykartctl.migration order by id collate "C";
