select run, topic, partition, delivered, inserted, from_table, dead, filtered from mykartctl.ledger order by run, topic, partition;
