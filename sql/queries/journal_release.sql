delete from mykartctl.hold where topic = :'topic' and key = :'key';
