drop trigger aml_cases_keep_ended on aml_cases;
drop index statement_entries_by_day;
alter table statement_entries drop column set_aside_hold;
