drop table identity_contacts;
drop table identity_results;
drop table identity_files;
drop table identity_cases;
