insert into mykartctl.run (command, direction, context, who, host, pid, version, fingerprint)
values (:'command', :'direction', :'context', :'who', :'host', :'pid'::integer, :'version', :'fingerprint')
returning run;
