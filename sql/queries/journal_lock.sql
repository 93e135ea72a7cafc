-- One maker or upgrader of the journal at a time, until the end of the transaction: IF NOT EXISTS alone fails when two begin at once.
select pg_advisory_xact_lock(hashtextextended('mykartctl: making the journal', 0));
