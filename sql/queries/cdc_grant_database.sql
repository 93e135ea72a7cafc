grant connect on database :"database" to :"role";
