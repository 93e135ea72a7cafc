update mykartctl.run
   set finished = clock_timestamp(), result = :'result', detail = :'detail'
 where run = :'run'::bigint and finished is null;
