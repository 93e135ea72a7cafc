insert into mykartctl.ledger as l (run, table_name, topic, partition, delivered, inserted, from_table, dead, filtered)
values (:'run'::bigint, :'table', :'topic', :'partition'::integer, :'delivered'::bigint, :'inserted'::bigint, :'from_table'::bigint, :'dead'::bigint, :'filtered'::bigint)
on conflict (run, table_name, topic, partition) do update
   set delivered = l.delivered + excluded.delivered, inserted = l.inserted + excluded.inserted, from_table = l.from_table + excluded.from_table,
       dead = l.dead + excluded.dead, filtered = l.filtered + excluded.filtered;
