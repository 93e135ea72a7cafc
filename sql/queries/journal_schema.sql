-- The tool's memory. Every table has a primary key: under an old publication FOR ALL TABLES an UPDATE of a table without one would fail.
-- This is version 1; journal_upgrade_N.sql makes version N of the one before. A query that only looks meets older versions too: it reads a column that
-- came later as to_jsonb(t) ->> 'column', which is NULL there.
create schema if not exists mykartctl;
create table if not exists mykartctl.run (
  run bigint generated always as identity primary key, command text not null, direction text not null default '', context text not null,
  who text not null, host text not null, pid integer not null, version text not null, fingerprint text not null default '',
  steps bigint not null default 0, started timestamptz not null default clock_timestamp(), finished timestamptz, result text not null default '', detail text not null default '');
create table if not exists mykartctl.step (
  run bigint not null references mykartctl.run, seq bigint not null, kind text not null, name text not null, phase text not null, action text not null,
  step jsonb not null, before jsonb, started timestamptz not null default clock_timestamp(), finished timestamptz, verdict text, detail text not null default '',
  primary key (run, seq));
create table if not exists mykartctl.hold (
  topic text not null, key text not null, value text not null, was text, run bigint not null, since timestamptz not null default now(), primary key (topic, key));
create table if not exists mykartctl.migration (
  id text primary key, digest text not null, state text not null, by text not null, run bigint not null, at timestamptz not null default clock_timestamp());
create table if not exists mykartctl.seal (
  table_name text not null, direction text not null, topic text not null, digest text not null, rows bigint not null, events bigint not null, last_id bigint,
  ends jsonb not null, run bigint not null, at timestamptz not null default clock_timestamp(), primary key (table_name, direction));
create table if not exists mykartctl.core (
  run bigint not null, table_name text not null, rows bigint not null, max_id text not null, digest text not null, at timestamptz not null default clock_timestamp(),
  primary key (run, table_name));
create table if not exists mykartctl.lock_holder (
  context text primary key, who text not null, host text not null, command text not null, pid integer not null, backend integer not null, since timestamptz not null);
-- Replay: where it stands, what became of each event, and which row an event became.
create table if not exists mykartctl.replay_offset (
  table_name text not null, topic text not null, partition integer not null, start_offset bigint not null, next_offset bigint not null, primary key (table_name, topic, partition));
create table if not exists mykartctl.ledger (
  run bigint not null, table_name text not null, topic text not null, partition integer not null, delivered bigint not null, inserted bigint not null,
  from_table bigint not null, dead bigint not null, filtered bigint not null, primary key (run, table_name, topic, partition));
create table if not exists mykartctl.replayed (
  table_name text not null, id bigint not null, topic text not null, partition integer not null, kafka_offset bigint not null, primary key (table_name, id));
create table if not exists mykartctl.dead_letter (
  id bigint generated always as identity primary key, run bigint not null, table_name text not null, topic text not null, partition integer not null, kafka_offset bigint not null,
  event_time timestamptz, key bytea, value bytea, headers jsonb not null default '[]', reason text not null, sqlstate text, column_name text, detail text not null default '',
  state text not null default 'open', note text, first_seen timestamptz not null default clock_timestamp(), unique (table_name, topic, partition, kafka_offset));
