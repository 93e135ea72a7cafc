-- The writers' lock of a context: it belongs to this session and goes with it. Advisory locks are a database's own.
select pg_try_advisory_lock(hashtextextended('mykartctl ' || :'context', 0)) as taken;
