create trigger mykartctl_fence before insert or update or delete or truncate on :"schema".:"table" for each statement execute function mykartctl.fence();
