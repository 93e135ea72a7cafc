select topic, key, value, was, run from mykartctl.hold order by topic collate "C", key collate "C";
