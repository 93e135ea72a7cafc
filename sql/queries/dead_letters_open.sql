-- Open dead letters by reason, the commonest first, each with the place and the words of one of them.
select reason, count(*) as letters, sum(count(*)) over () as all_letters,
       (array_agg(partition order by first_seen desc, id desc))[1] as partition,
       (array_agg(kafka_offset order by first_seen desc, id desc))[1] as kafka_offset,
       (array_agg(coalesce(column_name, '') order by first_seen desc, id desc))[1] as column_name,
       (array_agg(detail order by first_seen desc, id desc))[1] as detail
  from mykartctl.dead_letter
 where table_name = :'table' and topic = :'topic' and state = 'open'
 group by reason
 order by count(*) desc, reason;
