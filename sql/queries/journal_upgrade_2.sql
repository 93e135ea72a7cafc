-- From version 1 to 2. Runs once, in one transaction with the number of the new version.
create table mykartctl.journal_version (version integer primary key, since timestamptz not null default clock_timestamp());
