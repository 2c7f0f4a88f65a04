-- What is kept is kept past other programs too (docs/security.md, "Below the database"): emptying a table at once asks no trigger of
-- its rows.
create trigger ledger_transfers_keep_all before truncate on ledger_transfers for each statement execute function refuse_change();
create trigger ledger_transactions_keep_all before truncate on ledger_transactions for each statement execute function refuse_change();
create trigger records_keep_all before truncate on records for each statement execute function refuse_change();
create trigger consents_keep_all before truncate on consents for each statement execute function refuse_change();
create trigger policy_versions_keep_all before truncate on policy_versions for each statement execute function refuse_change();
create trigger allocations_keep_all before truncate on allocations for each statement execute function refuse_change();
create trigger statement_entries_keep_all before truncate on statement_entries for each statement execute function refuse_change();
create trigger entry_decisions_keep_all before truncate on entry_decisions for each statement execute function refuse_change();
create trigger aml_cases_keep_all before truncate on aml_cases for each statement execute function refuse_change();
create trigger approved_payers_keep_all before truncate on approved_payers for each statement execute function refuse_change();
create trigger permanent_references_keep_all before truncate on permanent_references for each statement execute function refuse_change();
create trigger payment_requests_keep_all before truncate on payment_requests for each statement execute function refuse_change();

-- What a file of the bank brought stays as the bank wrote it. Once it is settled, what somebody wrote may be wiped, never rewritten.
create trigger statement_entries_keep_line before update of receiving_account_id, account_key, booked_on, value_on, sealed_remitter, sealed_bank_account, remittance_text, bank_serial, serial_key, line_key, occurrence, reversal on statement_entries for each row when (old.import_id is not null and (new.receiving_account_id <> old.receiving_account_id or new.account_key <> old.account_key or new.booked_on <> old.booked_on or new.value_on is distinct from old.value_on or new.bank_serial is distinct from old.bank_serial or new.serial_key is distinct from old.serial_key or new.line_key is distinct from old.line_key or new.occurrence <> old.occurrence or new.reversal <> old.reversal or ((new.sealed_remitter <> old.sealed_remitter or new.remittance_text <> old.remittance_text or new.sealed_bank_account is distinct from old.sealed_bank_account) and not (old.state in ('credited', 'returned', 'outgoing') and new.sealed_remitter in (old.sealed_remitter, '') and new.remittance_text in (old.remittance_text, '') and (new.sealed_bank_account is null or new.sealed_bank_account is not distinct from old.sealed_bank_account))))) execute function refuse_change();
create trigger statement_entries_keep_name before update of id, number on statement_entries for each row when (new.id <> old.id or new.number <> old.number) execute function refuse_change();

-- What was proposed is what is agreed to, and what was decided stays; of a note that is settled only the wiping is left.
create trigger entry_decisions_keep_update before update on entry_decisions for each row when (new.id <> old.id or new.number <> old.number or new.entry_id <> old.entry_id or new.kind <> old.kind or new.shares <> old.shares or new.proposed_by_id <> old.proposed_by_id or new.proposed_at <> old.proposed_at or (new.note is distinct from old.note and not (old.state <> 'proposed' and new.note is null)) or (old.state <> 'proposed' and (new.state <> old.state or new.decided_by_id is distinct from old.decided_by_id or new.decided_at is distinct from old.decided_at))) execute function refuse_change();
create trigger entry_decisions_keep_delete before delete on entry_decisions for each row execute function refuse_change();
create trigger aml_cases_keep_update before update of id, number, entry_id, rule, opened_at on aml_cases for each row when (new.id <> old.id or new.number <> old.number or new.entry_id <> old.entry_id or new.rule <> old.rule or new.opened_at <> old.opened_at) execute function refuse_change();
create trigger aml_cases_keep_delete before delete on aml_cases for each row execute function refuse_change();
create trigger approved_payers_keep_update before update of id, number, account_id, added_by_id, added_at, agreement_on, agreement_hash on approved_payers for each row when (new.id <> old.id or new.number <> old.number or new.account_id <> old.account_id or new.added_by_id <> old.added_by_id or new.added_at <> old.added_at or new.agreement_on <> old.agreement_on or new.agreement_hash <> old.agreement_hash) execute function refuse_change();
create trigger approved_payers_keep_delete before delete on approved_payers for each row execute function refuse_change();
create trigger permanent_references_keep_update before update on permanent_references for each row execute function refuse_change();
create trigger permanent_references_keep_delete before delete on permanent_references for each row execute function refuse_change();
