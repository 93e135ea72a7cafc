delete from mykartctl.seal where table_name = :'table' and direction = :'direction';
