-- Empty; its tables are added in the same transaction.
create publication :"publication";
