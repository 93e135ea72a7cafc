-- What every session of the tool begins with. Texts are written and read as ISO dates in UTC; the tool ends its calls by itself, so no time limit of
-- a role may cut a copy short; a dead client is noticed by the server within a minute, a closed one within half a second; a table whose rows a policy
-- hides is an error, not a smaller table.
-- `own` is how other queries know this session: its process and when that began (ms, 32 bits). An application_name could be anybody's.
select set_config(name, setting, false),
       (select (pid::bigint << 32) | ((extract(epoch from backend_start) * 1000)::bigint & 4294967295) from pg_stat_get_activity(pg_backend_pid())) as own
  from (values ('default_transaction_read_only', :'read_only'),
               ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('bytea_output', 'hex'),
               ('extra_float_digits', '1'), ('standard_conforming_strings', 'on'), ('lc_messages', 'C'), ('row_security', 'off'),
               ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
               ('client_connection_check_interval', '500ms'),
               ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '4'), ('tcp_user_timeout', '60s')
       ) as wanted(name, setting)
 where current_setting(name, true) is not null
   and (name <> 'lc_messages' or current_setting('is_superuser') = 'on');
