-- Whoever still writes to a fenced table gets told why, by name.
create or replace function mykartctl.fence() returns trigger language plpgsql as $$
begin
  raise exception 'table %.% is fenced: its events go to a topic now', tg_table_schema, tg_table_name
    using errcode = 'object_not_in_prerequisite_state', hint = 'mykartctl rollback makes it writable again';
end $$;
