select max(version) as version from mykartctl.journal_version;
