-- From version 1 to 2. Runs once, in one transaction with the number of the new version.
create table mykartctl.journal_version (version integer primary key, since timestamptz not null default clock_timestamp());
-- What a proof has looked at: topic, table and declaration. Proofs of version 1 kept none of it, and are made again.
alter table mykartctl.seal add column facts jsonb;
