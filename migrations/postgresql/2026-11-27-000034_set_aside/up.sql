-- Why a person had to look at an entry before it was set aside: whose money it is reads it further on.
alter table statement_entries add column set_aside_hold text check (set_aside_hold is null or state = 'parked');
create index statement_entries_by_set_aside on statement_entries (set_aside_hold, id) where set_aside_hold is not null;
-- What is here already of the days of a file.
create index statement_entries_by_day on statement_entries (account_key, booked_on);
-- With which file an account begins here.
create index statement_imports_by_first on statement_imports (receiving_account_id, state, first_on, id);

-- How a case ended stays, but for what is doubted anew; of its note the wiping is left, once its time has come.
create trigger aml_cases_keep_ended before update of state, note, decided_by_id, decided_at on aml_cases for each row when (old.state <> 'open' and not (old.state in ('cleared', 'returned') and new.state = 'open') and (new.state <> old.state or (new.note is distinct from old.note and coalesce(new.note, '') <> 'Wiped') or new.decided_by_id is distinct from old.decided_by_id or new.decided_at is distinct from old.decided_at)) execute function refuse_change();

-- What does not go back after all takes two people, as what goes back does.
create trigger entry_decisions_keep_two before insert or update on entry_decisions for each row when (new.kind = 'keep' and new.state = 'done' and new.decided_by_id = new.proposed_by_id) execute function refuse_change();
