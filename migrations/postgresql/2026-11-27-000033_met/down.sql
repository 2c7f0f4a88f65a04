drop trigger remittances_keep_number on remittances;
drop trigger remittances_keep_row on remittances;
drop trigger allocations_keep_row on allocations;
create or replace function keep_settled_entry() returns trigger language plpgsql as $$
begin
  if old.state = 'credited' and new.state = 'open' and new.allocated = 0 and new.credited_by_id is null and new.number = old.number and new.receiving_account_id = old.receiving_account_id and new.account_key = old.account_key and new.side = old.side and new.amount = old.amount and new.booked_on = old.booked_on and new.occurrence = old.occurrence and new.bank_serial is not distinct from old.bank_serial and new.serial_key is not distinct from old.serial_key and new.entered_by_id is not distinct from old.entered_by_id and new.import_id is not distinct from old.import_id and new.line_key is not distinct from old.line_key and new.voided_by_id is not distinct from old.voided_by_id and new.voided_at is not distinct from old.voided_at and new.booked_transaction_id is not distinct from old.booked_transaction_id
    and exists (select 1 from entry_decisions d where d.entry_id = old.id and d.kind = 'undo' and d.state = 'done') then
    return new;
  end if;
  raise exception 'a credited or voided entry is never changed';
end $$;
