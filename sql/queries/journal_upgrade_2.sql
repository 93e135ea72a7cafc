-- From version 1 to 2. Runs once, in one transaction with the number of the new version.
create table mykartctl.journal_version (version integer primary key, since timestamptz not null default clock_timestamp());
-- What a proof has looked at: topic, table and declaration. Proofs of version 1 kept none of it, and are made again.
alter table mykartctl.seal add column facts jsonb;

-- Replay: tables by their names with the schema, topics by their ids, and of each row that was written what it was.
-- Version 1 had bare names. The schema is what a seal, or a step of the same run, says of a table of this name; else the only schema that has one; else
-- public.
create function mykartctl.declared_name(bare text, of_topic text, of_run bigint) returns text language sql stable as $$
  select coalesce(
    (select min(s.table_name) from mykartctl.seal s
      where s.topic = of_topic and right(s.table_name, length(bare) + 1) = '.' || bare having count(distinct s.table_name) = 1),
    (select min(s.name) from mykartctl.step s
      where s.kind = 'data' and right(s.name, length(bare) + 1) = '.' || bare
        and s.run in (select l.run from mykartctl.ledger l where l.topic = of_topic union select of_run)
     having count(distinct s.name) = 1),
    (select min(n.nspname) || '.' || bare from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relname = bare and c.relkind in ('r', 'p') and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'mykartctl')
     having count(*) = 1),
    'public.' || bare)
$$;
create table mykartctl.declared as
select table_name, topic, mykartctl.declared_name(table_name, topic, min(run)) as name
  from (select table_name, topic, null::bigint as run from mykartctl.replay_offset
         union all select distinct table_name, topic, null::bigint from mykartctl.replayed
         union all select table_name, topic, run from mykartctl.ledger
         union all select distinct table_name, topic, run from mykartctl.dead_letter) as known
 group by table_name, topic;
update mykartctl.replay_offset x set table_name = d.name from mykartctl.declared d where d.table_name = x.table_name and d.topic = x.topic;
update mykartctl.ledger x set table_name = d.name from mykartctl.declared d where d.table_name = x.table_name and d.topic = x.topic;
update mykartctl.replayed x set table_name = d.name from mykartctl.declared d where d.table_name = x.table_name and d.topic = x.topic;
update mykartctl.dead_letter x set table_name = d.name from mykartctl.declared d where d.table_name = x.table_name and d.topic = x.topic;
drop table mykartctl.declared;
drop function mykartctl.declared_name;
alter table mykartctl.replay_offset add column topic_id text;
alter table mykartctl.replayed add column content bytea;  -- NULL: written by version 1, which did not look
