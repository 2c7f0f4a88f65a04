-- Double entry (D4): a transfer moves an amount above zero from one account to another; balances follow in the same transaction.
create table ledger_accounts (
  id integer not null primary key autoincrement,
  code text not null unique,
  kind text not null check (kind in ('bank', 'wallet', 'suspense', 'revenue', 'receivable', 'refunds_payable', 'fees')),
  account_id bigint references accounts (id),
  currency text not null,
  balance bigint not null check (kind <> 'wallet' or balance >= 0),
  created_at bigint not null,
  check ((kind = 'wallet') = (account_id is not null))
);
create unique index ledger_wallet_of_account on ledger_accounts (account_id, currency) where kind = 'wallet';
create index ledger_accounts_of_the_house on ledger_accounts (code) where account_id is null;

create table ledger_transactions (
  id integer not null primary key autoincrement,
  number text not null unique,
  kind text not null check (kind in ('credit_remittance', 'reverse')),
  object text,
  made_by_id bigint references people (id),
  reverses_id bigint unique references ledger_transactions (id),
  at bigint not null
);
create index ledger_transactions_of_object on ledger_transactions (object);

create table ledger_transfers (
  id integer not null primary key autoincrement,
  transaction_id bigint not null references ledger_transactions (id),
  debit_id bigint not null references ledger_accounts (id),
  credit_id bigint not null references ledger_accounts (id),
  amount bigint not null check (amount > 0),
  debit_balance bigint not null,
  credit_balance bigint not null,
  at bigint not null,
  check (debit_id <> credit_id)
);
-- What an account did: by page from the newest on, and since a moment.
create index ledger_transfers_debit on ledger_transfers (debit_id, id);
create index ledger_transfers_credit on ledger_transfers (credit_id, id);
create index ledger_transfers_debit_at on ledger_transfers (debit_id, at);
create index ledger_transfers_credit_at on ledger_transfers (credit_id, at);

-- A bank account of the portal's operator. One member of finance proposes it, another opens it; closing takes two as well.
create table receiving_accounts (
  id integer not null primary key autoincrement,
  number text not null unique,
  bank_name text not null,
  holder text not null,
  account_number text not null,
  -- Its letters and digits alone, in capitals: by them it is the same account at the bank however it was typed.
  account_key text not null check (account_key <> ''),
  currency text not null,
  instructions text not null,
  state text not null check (state in ('proposed', 'open', 'closing', 'closed')),
  proposed_by_id bigint not null references people (id),
  opened_by_id bigint references people (id),
  closing_by_id bigint references people (id),
  closed_by_id bigint references people (id),
  created_at bigint not null,
  check (state not in ('open', 'closing') or opened_by_id is not null),
  check (state <> 'proposed' or opened_by_id is null),
  check (opened_by_id is null or opened_by_id <> proposed_by_id),
  check (state <> 'closing' or closing_by_id is not null),
  check ((state = 'closed') = (closed_by_id is not null)),
  -- One person drops a proposal; what customers have seen is closed by two.
  check (state <> 'closed' or opened_by_id is null or closing_by_id is not null),
  check (closed_by_id is null or closing_by_id is null or closed_by_id <> closing_by_id),
  unique (id, account_key)
);
-- An account at the bank stands here once; when it is closed it may be proposed anew.
create unique index receiving_accounts_standing on receiving_accounts (account_key) where state <> 'closed';

-- One line of the receiving bank's statement, as finance typed it in (later: imported).
create table statement_entries (
  id integer not null primary key autoincrement,
  number text not null unique,
  receiving_account_id bigint not null references receiving_accounts (id),
  -- The account at the bank, which may stand here several times.
  account_key text not null,
  state text not null check (state in ('open', 'credited', 'voided')),
  amount bigint not null check (amount > 0),
  booked_on text not null,
  sealed_remitter blob not null,
  sealed_bank_account blob,
  remittance_text text not null,
  -- The top-up that the text names, by which an entry of any age is found.
  reference text,
  bank_serial text not null,
  -- Its letters and digits alone, in capitals: by them it is the same number however it was typed.
  serial_key text not null check (serial_key <> ''),
  entered_by_id bigint not null references people (id),
  entered_at bigint not null,
  credited_by_id bigint references people (id),
  -- A mistyped entry is voided while it is open: by whom, when and why.
  voided_by_id bigint references people (id),
  voided_at bigint,
  void_reason text check (void_reason <> ''),
  unique (id, credited_by_id),
  foreign key (receiving_account_id, account_key) references receiving_accounts (id, account_key),
  check ((state = 'credited') = (credited_by_id is not null)),
  check (credited_by_id is null or credited_by_id <> entered_by_id),
  check ((state = 'voided') = (voided_by_id is not null)),
  check ((voided_by_id is null) = (voided_at is null)),
  check ((voided_by_id is null) = (void_reason is null))
);
-- A serial number counts once for its account at the bank, also when that was closed and opened anew; a voided entry counts no
-- more, so that the line can be typed in again.
create unique index statement_entries_serial on statement_entries (account_key, serial_key) where state <> 'voided';
create index statement_entries_by_state on statement_entries (state, id);
create index statement_entries_by_amount on statement_entries (state, amount, id);
create index statement_entries_by_reference on statement_entries (reference, state, id);

create table remittances (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  opened_by_id bigint not null references people (id),
  receiving_account_id bigint not null references receiving_accounts (id),
  state text not null check (state in ('open', 'declared', 'credited', 'refused', 'withdrawn')),
  amount bigint not null check (amount > 0),
  sealed_remitter blob,
  sealed_bank blob,
  sealed_bank_account blob,
  account_kind text check (account_kind in ('card', 'account')),
  account_tail text,
  remitted_on text,
  slip_key text,
  slip_name text,
  slip_media_kind text,
  slip_size bigint,
  refusal text,
  statement_entry_id bigint unique references statement_entries (id),
  confirmed_by_id bigint references people (id),
  opened_at bigint not null,
  declared_at bigint,
  settled_at bigint,
  -- What happened to its receiving account that nobody was told yet.
  untold text check (untold in ('closed', 'redirected')),
  check (state <> 'credited' or (statement_entry_id is not null and confirmed_by_id is not null and settled_at is not null)),
  check (state <> 'declared' or (declared_at is not null and sealed_remitter is not null and remitted_on is not null)),
  check ((slip_key is null) = (slip_name is null)),
  check ((slip_key is null) = (slip_media_kind is null)),
  check ((slip_key is null) = (slip_size is null)),
  check (confirmed_by_id is null or confirmed_by_id <> opened_by_id),
  check ((statement_entry_id is null) = (confirmed_by_id is null)),
  -- Who confirms it is who credits the entry, and that is never who typed the entry in.
  foreign key (statement_entry_id, confirmed_by_id) references statement_entries (id, credited_by_id)
);
create index remittances_of_account on remittances (account_id, id);
create index remittances_by_state on remittances (state, id);
create index remittances_declared on remittances (state, declared_at, id);
create index remittances_untold on remittances (opened_by_id, id) where untold is not null;

-- Every reference has an index.
create index ledger_accounts_account_id on ledger_accounts (account_id);
create index ledger_transactions_made_by_id on ledger_transactions (made_by_id);
create index ledger_transfers_transaction_id on ledger_transfers (transaction_id);
create index receiving_accounts_proposed_by_id on receiving_accounts (proposed_by_id);
create index receiving_accounts_opened_by_id on receiving_accounts (opened_by_id);
create index receiving_accounts_closing_by_id on receiving_accounts (closing_by_id);
create index receiving_accounts_closed_by_id on receiving_accounts (closed_by_id);
create index statement_entries_entered_by_id on statement_entries (entered_by_id);
create index statement_entries_credited_by_id on statement_entries (credited_by_id);
create index statement_entries_voided_by_id on statement_entries (voided_by_id);
create index statement_entries_receiving_account_id on statement_entries (receiving_account_id);
create index remittances_opened_by_id on remittances (opened_by_id);
create index remittances_receiving_account_id on remittances (receiving_account_id, state);
create index remittances_confirmed_by_id on remittances (confirmed_by_id);

create trigger ledger_transactions_keep_update before update on ledger_transactions begin select raise(abort, 'ledger_transactions are never changed'); end;
create trigger ledger_transactions_keep_delete before delete on ledger_transactions begin select raise(abort, 'ledger_transactions are never deleted'); end;

create trigger ledger_transfers_keep_update before update on ledger_transfers begin select raise(abort, 'ledger_transfers are never changed'); end;
create trigger ledger_transfers_keep_delete before delete on ledger_transfers begin select raise(abort, 'ledger_transfers are never deleted'); end;

-- What was credited or voided stays what it was; names, accounts and what somebody wrote may be sealed anew or wiped.
create trigger statement_entries_keep_settled before update of number, receiving_account_id, account_key, state, amount, booked_on, bank_serial, serial_key, entered_by_id, credited_by_id, voided_by_id, voided_at on statement_entries when old.state <> 'open' begin select raise(abort, 'a credited or voided entry is never changed'); end;
create trigger statement_entries_keep before delete on statement_entries when old.state <> 'open' begin select raise(abort, 'a credited or voided entry is never deleted'); end;
create trigger remittances_keep_credited before update of number, account_id, receiving_account_id, state, amount, statement_entry_id, confirmed_by_id, settled_at on remittances when old.state = 'credited' begin select raise(abort, 'a credited remittance is never changed'); end;
create trigger remittances_keep before delete on remittances when old.state = 'credited' begin select raise(abort, 'a credited remittance is never deleted'); end;
