-- What the manifest said when the first hold was made stays what is given back.
insert into mykartctl.hold (topic, key, value, was, run)
values (:'topic', :'key', :'value', :'was', :'run'::bigint)
on conflict (topic, key) do update set value = excluded.value, run = excluded.run;
