drop trigger if exists mykartctl_fence on :"schema".:"table";
