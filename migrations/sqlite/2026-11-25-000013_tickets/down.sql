drop table ticket_files;
drop table ticket_entries;
drop table tickets;
