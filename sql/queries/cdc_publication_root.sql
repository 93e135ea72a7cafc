-- Changes of partitions come under the name of their table from now on; what is in the WAL already keeps the name that it had.
alter publication :"publication" set (publish_via_partition_root = true);
