drop trigger entry_decisions_keep_two on entry_decisions;
drop trigger aml_cases_keep_ended on aml_cases;
drop index statement_imports_by_first;
drop index statement_entries_by_day;
drop index statement_entries_by_set_aside;
alter table statement_entries drop column set_aside_hold;
