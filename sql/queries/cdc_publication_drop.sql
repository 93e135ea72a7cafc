alter publication :"publication" drop table :"schema".:"table";
