-- A line that was typed in and settled is known by its file once the file brings it; nothing else of it changes.
create or replace function keep_settled_entry() returns trigger language plpgsql as $$
begin
  if old.state = 'credited' and new.state = 'open' and new.allocated = 0 and new.credited_by_id is null and new.number = old.number and new.receiving_account_id = old.receiving_account_id and new.account_key = old.account_key and new.side = old.side and new.amount = old.amount and new.booked_on = old.booked_on and new.occurrence = old.occurrence and new.bank_serial is not distinct from old.bank_serial and new.serial_key is not distinct from old.serial_key and new.entered_by_id is not distinct from old.entered_by_id and new.import_id is not distinct from old.import_id and new.line_key is not distinct from old.line_key and new.voided_by_id is not distinct from old.voided_by_id and new.voided_at is not distinct from old.voided_at and new.booked_transaction_id is not distinct from old.booked_transaction_id
    and exists (select 1 from entry_decisions d where d.entry_id = old.id and d.kind = 'undo' and d.state = 'done') then
    return new;
  end if;
  if old.state in ('credited', 'returned') and old.import_id is null and new.import_id is not null and new.state = old.state and new.allocated = old.allocated and new.credited_by_id is not distinct from old.credited_by_id and new.number = old.number and new.receiving_account_id = old.receiving_account_id and new.account_key = old.account_key and new.side = old.side and new.amount = old.amount and new.booked_on = old.booked_on and new.booked_transaction_id is not distinct from old.booked_transaction_id and new.bank_serial is not distinct from old.bank_serial and new.serial_key is not distinct from old.serial_key and new.entered_by_id is not distinct from old.entered_by_id and new.voided_by_id is not distinct from old.voided_by_id and new.voided_at is not distinct from old.voided_at then
    return new;
  end if;
  raise exception 'a credited or voided entry is never changed';
end $$;

-- A row keeps its id, and a remittance its reference.
create trigger allocations_keep_row before update of id on allocations for each row when (new.id <> old.id) execute function refuse_change();
create trigger remittances_keep_row before update of id on remittances for each row when (new.id <> old.id) execute function refuse_change();
create trigger remittances_keep_number before update of number on remittances for each row when (new.number <> old.number) execute function refuse_change();
