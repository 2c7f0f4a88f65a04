-- What finance decides about an entry (D3): alone where one person may, and agreed to by a second one otherwise.
create table entry_decisions (
  id integer not null primary key autoincrement,
  number text not null unique,
  entry_id bigint not null references statement_entries (id),
  kind text not null check (kind in ('credit', 'park', 'send_back', 'keep', 'undo', 'charge', 'sent')),
  state text not null check (state in ('proposed', 'done', 'refused')),
  -- Of a credit: what it pays, as JSON of references and minor units.
  shares text not null,
  note text check (note <> ''),
  proposed_by_id bigint not null references people (id),
  proposed_at bigint not null,
  decided_by_id bigint references people (id),
  decided_at bigint,
  check ((state = 'proposed') = (decided_by_id is null)),
  check ((decided_by_id is null) = (decided_at is null)),
  -- Money that leaves, and money that was somebody's, takes two people.
  check (state <> 'done' or decided_by_id <> proposed_by_id or (kind <> 'send_back' and kind <> 'undo'))
);
create unique index entry_decisions_waiting on entry_decisions (entry_id) where state = 'proposed';
create index entry_decisions_entry_id on entry_decisions (entry_id, id);
create index entry_decisions_by_state on entry_decisions (state, id);
create index entry_decisions_proposed_by_id on entry_decisions (proposed_by_id);
create index entry_decisions_decided_by_id on entry_decisions (decided_by_id);

-- What sends money to a person first (D7): rules as data. That a remitter has to be whose name was authenticated is no rule
-- that can be switched off.
create table aml_rules (
  id integer not null primary key autoincrement,
  kind text not null unique check (kind in ('threshold', 'structuring', 'new_account')),
  active boolean not null,
  amount bigint not null check (amount > 0),
  times bigint not null check (times > 0),
  days bigint not null check (days > 0),
  changed_by_id bigint references people (id),
  agreed_by_id bigint references people (id),
  changed_at bigint not null,
  -- What one person wants it to look for, until a second one agrees.
  proposed_active boolean,
  proposed_amount bigint check (proposed_amount > 0),
  proposed_times bigint check (proposed_times > 0),
  proposed_days bigint check (proposed_days > 0),
  proposed_by_id bigint references people (id),
  check (changed_by_id is null or changed_by_id <> agreed_by_id),
  check ((changed_by_id is null) = (agreed_by_id is null)),
  check ((proposed_active is null) = (proposed_by_id is null)),
  check ((proposed_amount is null) = (proposed_by_id is null)),
  check ((proposed_times is null) = (proposed_by_id is null)),
  check ((proposed_days is null) = (proposed_by_id is null))
);
create index aml_rules_changed_by_id on aml_rules (changed_by_id);
create index aml_rules_agreed_by_id on aml_rules (agreed_by_id);
create index aml_rules_proposed_by_id on aml_rules (proposed_by_id);
insert into aml_rules (kind, active, amount, times, days, changed_at) values
  ('threshold', 1, 5000000, 1, 1, 0),
  ('structuring', 1, 5000000, 3, 7, 0),
  ('new_account', 1, 1000000, 1, 30, 0);
create table aml_cases (
  id integer not null primary key autoincrement,
  number text not null unique,
  entry_id bigint not null unique references statement_entries (id),
  account_id bigint references accounts (id),
  rule text not null,
  state text not null check (state in ('open', 'cleared', 'returned', 'reported')),
  note text check (note <> ''),
  opened_at bigint not null,
  decided_by_id bigint references people (id),
  decided_at bigint,
  check ((state = 'open') = (decided_by_id is null)),
  check ((decided_by_id is null) = (decided_at is null)),
  check ((decided_by_id is null) = (note is null))
);
create index aml_cases_by_state on aml_cases (state, id);
create index aml_cases_by_opened on aml_cases (opened_at, id);
create index aml_cases_account_id on aml_cases (account_id);
create index aml_cases_decided_by_id on aml_cases (decided_by_id);

-- By what a remitter's account is known again, and what became of money that went out.
alter table statement_entries add column remitter_hash text;
alter table statement_entries add column explained_transaction_id bigint references ledger_transactions (id);
alter table statement_entries add column counterpart_id bigint references statement_entries (id);
create index statement_entries_by_remitter on statement_entries (remitter_hash, id) where remitter_hash is not null;
create unique index statement_entries_explained on statement_entries (explained_transaction_id) where explained_transaction_id is not null;
create unique index statement_entries_counterpart on statement_entries (counterpart_id) where counterpart_id is not null;
create index remittances_by_amount on remittances (state, amount, id);
-- Charges of banks on the way, which we bear.
alter table remittances add column charges bigint not null default 0 check (charges between 0 and received);
alter table allocations add column undone_by_id bigint references entry_decisions (id);
create index allocations_undone_by_id on allocations (undone_by_id);
-- What came for an account lately: the rules against money laundering ask before each credit.
create index allocations_lately on allocations (account_id, allocated_at);

-- What was credited stays what it was, until two people undo it: then the entry is open again.
drop trigger statement_entries_keep_settled;
create trigger statement_entries_keep_settled before update of number, receiving_account_id, account_key, state, side, amount, allocated, booked_on, bank_serial, serial_key, entered_by_id, import_id, line_key, occurrence, credited_by_id, voided_by_id, voided_at on statement_entries when old.state in ('credited', 'returned', 'voided', 'outgoing') begin select raise(abort, 'a credited or voided entry is never changed') where not (old.state = 'credited' and new.state = 'open' and new.allocated = 0 and new.credited_by_id is null and new.number = old.number and new.receiving_account_id = old.receiving_account_id and new.account_key = old.account_key and new.side = old.side and new.amount = old.amount and new.booked_on = old.booked_on and new.booked_transaction_id is old.booked_transaction_id and new.occurrence = old.occurrence and new.bank_serial is old.bank_serial and new.serial_key is old.serial_key and new.entered_by_id is old.entered_by_id and new.import_id is old.import_id and new.line_key is old.line_key and new.voided_by_id is old.voided_by_id and new.voided_at is old.voided_at and exists (select 1 from entry_decisions d where d.entry_id = old.id and d.kind = 'undo' and d.state = 'done')); end;
drop trigger remittances_keep_credited;
create trigger remittances_keep_credited before update of number, account_id, receiving_account_id, state, amount, received, settled_at on remittances when old.state = 'credited' begin select raise(abort, 'a credited remittance is never changed') where not (new.state in ('open', 'declared', 'partial') and new.received < old.received and new.settled_at is null and new.number = old.number and new.account_id = old.account_id and new.receiving_account_id = old.receiving_account_id and new.amount = old.amount and exists (select 1 from allocations a where a.remittance_id = old.id and a.undone_by_id is not null)); end;
drop trigger allocations_keep_update;
create trigger allocations_keep_update before update on allocations begin select raise(abort, 'allocations are never changed') where new.entry_id <> old.entry_id or new.kind <> old.kind or new.account_id <> old.account_id or new.amount <> old.amount or new.why <> old.why or new.remittance_id is not old.remittance_id or new.allocated_by_id is not old.allocated_by_id or new.allocated_at <> old.allocated_at or old.undone_by_id is not null or not ((old.transaction_id is null and new.transaction_id is not null and new.undone_by_id is null) or (new.transaction_id is old.transaction_id and new.undone_by_id is not null)); end;
