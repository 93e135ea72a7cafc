-- Whether the journal is there (its tables are made all at once) and whether this session may write it. Asked of the catalog, which everybody may read.
select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'mykartctl' and c.relname = 'dead_letter') as present,
       to_regclass('mykartctl.journal_version') is not null as numbered,
       current_setting('transaction_read_only') = 'on' as read_only;
