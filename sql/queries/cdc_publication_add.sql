-- Never SET TABLE: that would remove what somebody else has added meanwhile.
alter publication :"publication" add table :"schema".:"table";
