-- After a function of somebody else's was replaced: who owns it can change what it does.
alter function mykartctl.fence() owner to current_user;
