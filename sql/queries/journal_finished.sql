update mykartctl.step
   set finished = clock_timestamp(), verdict = :'verdict', detail = :'detail'
 where run = :'run'::bigint and seq = :'seq'::bigint and finished is null;
