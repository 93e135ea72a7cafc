-- The rows exist no more: an archive made by `finalize --archive` is the only source.
do $$ begin raise exception 'dropped tables cannot be brought back; restore them from the archive'; end $$;
