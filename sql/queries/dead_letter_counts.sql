select state, reason, count(*) as letters from mykartctl.dead_letter group by state, reason order by state, reason;
