-- Only superusers may ask this.
select rolpassword is not null as has_password from pg_authid where rolname = :'name';
