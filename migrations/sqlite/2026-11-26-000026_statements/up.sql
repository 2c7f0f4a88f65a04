-- Statements are imported (D2), and what arrives is told apart from where it goes (D3): an entry is booked when it comes, and
-- allocated to what it pays, wholly or in parts.
--
-- The checks of four tables change. SQLite cannot alter a check, so their rows step aside while the table is made anew; the
-- references to them are looked at when all is back.
pragma defer_foreign_keys = on;

create temporary table old_ledger_accounts as select * from ledger_accounts;
create temporary table old_ledger_transactions as select * from ledger_transactions;
create temporary table old_statement_entries as select * from statement_entries;
create temporary table old_remittances as select * from remittances;
drop table remittances;
drop table statement_entries;
drop table ledger_accounts;
drop table ledger_transactions;

create table ledger_accounts (
  id integer not null primary key autoincrement,
  code text not null unique,
  kind text not null check (kind in ('bank', 'wallet', 'suspense', 'revenue', 'receivable', 'refunds_payable', 'fees')),
  account_id bigint references accounts (id),
  currency text not null,
  balance bigint not null check (kind <> 'wallet' or balance >= 0),
  created_at bigint not null,
  check (kind <> 'wallet' or account_id is not null),
  check (account_id is null or kind = 'wallet' or kind = 'receivable')
);
create unique index ledger_wallet_of_account on ledger_accounts (account_id, currency) where kind = 'wallet';
create index ledger_accounts_of_the_house on ledger_accounts (code) where account_id is null;
create index ledger_accounts_account_id on ledger_accounts (account_id);
insert into ledger_accounts select * from old_ledger_accounts;

-- The kinds grow with every room; the type checks them.
create table ledger_transactions (
  id integer not null primary key autoincrement,
  number text not null unique,
  kind text not null,
  object text,
  made_by_id bigint references people (id),
  reverses_id bigint unique references ledger_transactions (id),
  at bigint not null
);
create index ledger_transactions_of_object on ledger_transactions (object);
create index ledger_transactions_made_by_id on ledger_transactions (made_by_id);
insert into ledger_transactions select * from old_ledger_transactions;
create trigger ledger_transactions_keep_update before update on ledger_transactions begin select raise(abort, 'ledger_transactions are never changed'); end;
create trigger ledger_transactions_keep_delete before delete on ledger_transactions begin select raise(abort, 'ledger_transactions are never deleted'); end;

-- A file of the bank. It is checked when it comes, imported once somebody agreed, and deleted then.
create table statement_imports (
  id integer not null primary key autoincrement,
  number text not null unique,
  receiving_account_id bigint not null references receiving_accounts (id),
  format text not null check (format in ('camt053', 'mt940', 'csv')),
  -- How the file is read: encoding and, of CSV, the columns.
  reading text not null,
  file_name text not null,
  file_key text,
  file_size bigint not null,
  state text not null check (state in ('checked', 'importing', 'imported', 'failed', 'dropped')),
  -- Nobody's, when the command of the operator brought it.
  imported_by_id bigint references people (id),
  -- Who agreed to what it says; from an amount on another person.
  agreed_by_id bigint references people (id),
  agreed_at bigint,
  entries bigint not null check (entries >= 0),
  credits bigint not null check (credits >= 0),
  debits bigint not null check (debits >= 0),
  opening bigint,
  closing bigint,
  first_on text,
  last_on text,
  -- Of the entries: how many were read so far, and how many of them nobody knew.
  done bigint not null default 0 check (done between 0 and entries),
  fresh bigint not null default 0 check (fresh between 0 and done),
  failure text,
  created_at bigint not null,
  settled_at bigint,
  check (state <> 'imported' or done = entries),
  check ((failure is not null) = (state = 'failed')),
  check ((settled_at is null) = (state = 'checked' or state = 'importing')),
  check ((file_key is null) or settled_at is null)
);
create index statement_imports_by_state on statement_imports (state, id);
create index statement_imports_of_account on statement_imports (receiving_account_id, state, last_on, id);
create index statement_imports_imported_by_id on statement_imports (imported_by_id);
create index statement_imports_agreed_by_id on statement_imports (agreed_by_id, agreed_at);
create index statement_imports_file_key on statement_imports (file_key);

-- One line of the receiving bank's statement, as finance typed it in or as it was imported.
create table statement_entries (
  id integer not null primary key autoincrement,
  number text not null unique,
  receiving_account_id bigint not null references receiving_accounts (id),
  -- The account at the bank, which may stand here several times.
  account_key text not null,
  state text not null check (state in ('new', 'open', 'held', 'parked', 'credited', 'returning', 'returned', 'voided', 'outgoing')),
  side text not null default 'credit' check (side in ('credit', 'debit')),
  amount bigint not null check (amount > 0),
  -- How much of it is allocated to what it pays.
  allocated bigint not null default 0 check (allocated between 0 and amount),
  booked_on text not null,
  value_on text,
  sealed_remitter blob not null,
  sealed_bank_account blob,
  remittance_text text not null,
  -- The top-up that the text names, by which an entry of any age is found.
  reference text,
  bank_serial text,
  -- Its letters and digits alone, in capitals: by them it is the same number however it was typed.
  serial_key text check (serial_key <> ''),
  entered_by_id bigint references people (id),
  entered_at bigint not null,
  -- The file that brought it, what it is the same line by, and the how many-th of equal lines it is.
  import_id bigint references statement_imports (id),
  line_key text,
  occurrence bigint not null default 1 check (occurrence > 0),
  -- The transaction that brought the money into the books; none yet for what was typed in before there were imports.
  booked_transaction_id bigint unique references ledger_transactions (id),
  -- Whether the bank takes back what it booked before.
  reversal boolean not null default false,
  -- Why a person has to look at it first.
  hold text,
  credited_by_id bigint references people (id),
  -- A mistyped entry is voided while it is open: by whom, when and why.
  voided_by_id bigint references people (id),
  voided_at bigint,
  void_reason text check (void_reason <> ''),
  unique (id, entered_by_id),
  foreign key (receiving_account_id, account_key) references receiving_accounts (id, account_key),
  check (entered_by_id is not null or import_id is not null),
  check ((import_id is null) = (line_key is null)),
  check (import_id is not null or (bank_serial is not null and serial_key is not null)),
  check ((state = 'outgoing') = (side = 'debit')),
  check (state <> 'credited' or allocated = amount),
  check (state = 'credited' or allocated < amount),
  check ((state = 'held') = (hold is not null)),
  check (credited_by_id is null or entered_by_id is null or credited_by_id <> entered_by_id),
  check (credited_by_id is null or state = 'credited'),
  check ((state = 'voided') = (voided_by_id is not null)),
  check (state <> 'voided' or (allocated = 0 and import_id is null)),
  check ((voided_by_id is null) = (voided_at is null)),
  check ((voided_by_id is null) = (void_reason is null))
);
insert into statement_entries (id, number, receiving_account_id, account_key, state, amount, allocated, booked_on, sealed_remitter, sealed_bank_account, remittance_text, reference, bank_serial, serial_key, entered_by_id, entered_at, credited_by_id, voided_by_id, voided_at, void_reason, booked_transaction_id)
select e.id, e.number, e.receiving_account_id, e.account_key, e.state, e.amount, case e.state when 'credited' then e.amount else 0 end, e.booked_on, e.sealed_remitter, e.sealed_bank_account, e.remittance_text, e.reference, e.bank_serial, e.serial_key, e.entered_by_id, e.entered_at, e.credited_by_id, e.voided_by_id, e.voided_at, e.void_reason,
  (select t.id from old_remittances r join ledger_transactions t on t.object = r.number and t.kind = 'credit_remittance' where r.statement_entry_id = e.id)
from old_statement_entries e;
-- A serial number that was typed in counts once for its account at the bank, also when that was closed and opened anew; a voided
-- entry counts no more, so that the line can be typed in again. Banks use theirs again in another year, so that of a file
-- counts with its line alone.
create unique index statement_entries_serial on statement_entries (account_key, serial_key) where state <> 'voided' and import_id is null;
create unique index statement_entries_line on statement_entries (account_key, line_key, occurrence) where line_key is not null;
create index statement_entries_by_serial on statement_entries (account_key, serial_key, booked_on);
create index statement_entries_by_state on statement_entries (state, id);
create index statement_entries_by_amount on statement_entries (state, amount, id);
create index statement_entries_by_reference on statement_entries (reference, state, id);
create index statement_entries_entered_by_id on statement_entries (entered_by_id);
create index statement_entries_credited_by_id on statement_entries (credited_by_id);
create index statement_entries_voided_by_id on statement_entries (voided_by_id);
create index statement_entries_receiving_account_id on statement_entries (receiving_account_id);
create index statement_entries_import_id on statement_entries (import_id, id);

create table remittances (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  opened_by_id bigint not null references people (id),
  receiving_account_id bigint not null references receiving_accounts (id),
  state text not null check (state in ('open', 'declared', 'partial', 'credited', 'refused', 'withdrawn')),
  amount bigint not null check (amount > 0),
  -- How much of it has arrived; it is credited when all has.
  received bigint not null default 0 check (received between 0 and amount),
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
  opened_at bigint not null,
  declared_at bigint,
  settled_at bigint,
  -- What happened to its receiving account that nobody was told yet.
  untold text check (untold in ('closed', 'redirected')),
  unique (id, account_id),
  unique (id, opened_by_id),
  check (state <> 'credited' or (received = amount and settled_at is not null)),
  check (state <> 'partial' or (received > 0 and received < amount)),
  check (state = 'partial' or state = 'credited' or received = 0),
  check (state <> 'declared' or (declared_at is not null and sealed_remitter is not null and remitted_on is not null)),
  check ((slip_key is null) = (slip_name is null)),
  check ((slip_key is null) = (slip_media_kind is null)),
  check ((slip_key is null) = (slip_size is null))
);
insert into remittances (id, number, account_id, opened_by_id, receiving_account_id, state, amount, received, sealed_remitter, sealed_bank, sealed_bank_account, account_kind, account_tail, remitted_on, slip_key, slip_name, slip_media_kind, slip_size, refusal, opened_at, declared_at, settled_at, untold)
select id, number, account_id, opened_by_id, receiving_account_id, state, amount, case state when 'credited' then amount else 0 end, sealed_remitter, sealed_bank, sealed_bank_account, account_kind, account_tail, remitted_on, slip_key, slip_name, slip_media_kind, slip_size, refusal, opened_at, declared_at, settled_at, untold
from old_remittances;
create index remittances_of_account on remittances (account_id, id);
create index remittances_by_state on remittances (state, id);
create index remittances_declared on remittances (state, declared_at, id);
create index remittances_untold on remittances (opened_by_id, id) where untold is not null;
create index remittances_opened_by_id on remittances (opened_by_id);
create index remittances_receiving_account_id on remittances (receiving_account_id, state);

-- What of an entry pays what: a top-up, or the balance of an account.
create table allocations (
  id integer not null primary key autoincrement,
  entry_id bigint not null references statement_entries (id),
  kind text not null check (kind in ('remittance', 'balance')),
  account_id bigint not null references accounts (id),
  remittance_id bigint references remittances (id),
  amount bigint not null check (amount > 0),
  why text not null,
  -- None while the money is reserved and the rest still to come.
  transaction_id bigint references ledger_transactions (id),
  -- Nobody's, when the rules did it.
  allocated_by_id bigint references people (id),
  -- Whoever typed the entry in or opened the top-up allocates nothing.
  entered_by_id bigint references people (id),
  opened_by_id bigint references people (id),
  allocated_at bigint not null,
  foreign key (entry_id, entered_by_id) references statement_entries (id, entered_by_id),
  foreign key (remittance_id, opened_by_id) references remittances (id, opened_by_id),
  foreign key (remittance_id, account_id) references remittances (id, account_id),
  check (kind <> 'remittance' or remittance_id is not null),
  check ((remittance_id is null) = (opened_by_id is null)),
  check (kind <> 'balance' or transaction_id is not null),
  check (allocated_by_id is null or entered_by_id is null or allocated_by_id <> entered_by_id),
  check (allocated_by_id is null or opened_by_id is null or allocated_by_id <> opened_by_id)
);
create index allocations_entry_id on allocations (entry_id, id);
create index allocations_remittance_id on allocations (remittance_id, id);
create index allocations_account_id on allocations (account_id);
create index allocations_transaction_id on allocations (transaction_id);
create index allocations_allocated_by_id on allocations (allocated_by_id);
create index allocations_entered_by_id on allocations (entered_by_id);
create index allocations_opened_by_id on allocations (opened_by_id);
insert into allocations (entry_id, kind, account_id, remittance_id, amount, why, transaction_id, allocated_by_id, entered_by_id, opened_by_id, allocated_at)
select r.statement_entry_id, 'remittance', r.account_id, r.id, r.amount, 'confirmed', e.booked_transaction_id, r.confirmed_by_id, e.entered_by_id, r.opened_by_id, r.settled_at
from old_remittances r join statement_entries e on e.id = r.statement_entry_id order by r.settled_at, r.id;

drop table old_ledger_accounts;
drop table old_ledger_transactions;
drop table old_statement_entries;
drop table old_remittances;

-- What was credited or voided stays what it was; names, accounts and what somebody wrote may be sealed anew or wiped.
create trigger statement_entries_keep_settled before update of number, receiving_account_id, account_key, state, side, amount, allocated, booked_on, bank_serial, serial_key, entered_by_id, import_id, line_key, occurrence, credited_by_id, voided_by_id, voided_at on statement_entries when old.state in ('credited', 'voided', 'outgoing') begin select raise(abort, 'a credited or voided entry is never changed'); end;
create trigger statement_entries_keep_money before update of amount, side, import_id on statement_entries when old.import_id is not null begin select raise(abort, 'what a bank wrote is never changed'); end;
create trigger statement_entries_keep_booked before update of booked_transaction_id on statement_entries when old.booked_transaction_id is not null begin select raise(abort, 'an entry is booked once'); end;
create trigger statement_entries_keep before delete on statement_entries when old.state not in ('new', 'open', 'held') or old.import_id is not null or old.allocated > 0 begin select raise(abort, 'a credited, voided or imported entry is never deleted'); end;
create trigger remittances_keep_credited before update of number, account_id, receiving_account_id, state, amount, received, settled_at on remittances when old.state = 'credited' begin select raise(abort, 'a credited remittance is never changed'); end;
create trigger remittances_keep before delete on remittances when old.state in ('partial', 'credited') begin select raise(abort, 'a credited remittance is never deleted'); end;
create trigger allocations_keep_update before update on allocations when old.transaction_id is not null or new.transaction_id is null or new.entry_id <> old.entry_id or new.kind <> old.kind or new.account_id <> old.account_id or new.amount <> old.amount or new.remittance_id is not old.remittance_id begin select raise(abort, 'allocations are never changed'); end;
create trigger allocations_keep_delete before delete on allocations begin select raise(abort, 'allocations are never deleted'); end;
