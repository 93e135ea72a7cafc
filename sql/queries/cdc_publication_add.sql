-- Never SET TABLE: that would remove what somebody else has added meanwhile. ONLY: without it, tables that inherit would be added too.
alter publication :"publication" add table only :"schema".:"table";
