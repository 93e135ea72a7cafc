grant select on :"schema".:"table" to :"role";
