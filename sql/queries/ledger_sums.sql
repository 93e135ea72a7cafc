-- What became of all events of a topic that were ever replayed into a table.
select coalesce(sum(delivered), 0) as delivered, coalesce(sum(inserted), 0) as inserted, coalesce(sum(from_table), 0) as from_table,
       coalesce(sum(dead), 0) as dead, coalesce(sum(filtered), 0) as filtered
  from mykartctl.ledger where table_name in (:'table', :'bare') and topic = :'topic';
