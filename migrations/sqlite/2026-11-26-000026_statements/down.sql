drop table allocations;
