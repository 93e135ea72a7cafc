-- For a transaction that copies rows out: a database without an encoding (SQL_ASCII) gives its bytes as they are. Otherwise the server would check
-- them itself, and end the COPY at the first that are no UTF-8, without a word of the row.
select set_config('client_encoding', 'SQL_ASCII', true) where current_setting('server_encoding') = 'SQL_ASCII';
