-- For a session that copies a table in order of its key: walking the index starts at once and needs no space, sorting a big table does neither.
select set_config('enable_sort', 'off', false), set_config('enable_hashjoin', 'off', false), set_config('jit', 'off', false);
