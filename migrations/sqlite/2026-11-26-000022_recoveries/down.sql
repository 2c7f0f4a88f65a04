drop table recovery_files;
drop table account_recoveries;
