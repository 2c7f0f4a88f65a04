-- Who may pay in for an account without declaring anything (D1), what asks somebody to pay, and which receiving account is named.

-- One reference for each account that lasts: money that carries it goes to the balance.
create table permanent_references (
  id integer not null primary key autoincrement,
  account_id bigint not null unique references accounts (id),
  number text not null unique,
  made_by_id bigint not null references people (id),
  made_at bigint not null
);
create index permanent_references_made_by_id on permanent_references (made_by_id);

-- Others in whose name money for an account may come. The slot lets no more than five stand at once, whoever comes together; a
-- removed one stays as a record.
create table approved_payers (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  state text not null check (state in ('approved', 'removed')),
  slot bigint check (slot between 1 and 5),
  sealed_name blob not null,
  relation text not null check (relation <> ''),
  -- The wording that was agreed to: its date, and what proves it.
  agreement_on text not null,
  agreement_hash blob not null,
  added_by_id bigint not null references people (id),
  added_at bigint not null,
  removed_by_id bigint references people (id),
  removed_at bigint,
  unique (account_id, slot),
  check ((state = 'approved') = (slot is not null)),
  check ((state = 'removed') = (removed_at is not null)),
  check ((removed_by_id is null) = (removed_at is null))
);
create index approved_payers_of_account on approved_payers (account_id, id);
create index approved_payers_added_by_id on approved_payers (added_by_id);
create index approved_payers_removed_by_id on approved_payers (removed_by_id);

-- The last number of each year, so that payment requests are numbered without a gap.
create table payment_request_series (
  id integer not null primary key autoincrement,
  year bigint not null unique check (year between 2000 and 9999),
  last bigint not null check (last > 0)
);

create table payment_requests (
  id integer not null primary key autoincrement,
  remittance_id bigint not null unique references remittances (id),
  year bigint not null,
  sequence bigint not null check (sequence > 0),
  amount bigint not null check (amount > 0),
  issued_by_id bigint not null references people (id),
  issued_at bigint not null,
  unique (year, sequence)
);
create index payment_requests_issued_by_id on payment_requests (issued_by_id);

-- Which top-ups name a receiving account: those of an amount from and to, those of one customer; nothing is all.
alter table receiving_accounts add column min_amount bigint check (min_amount > 0);
alter table receiving_accounts add column max_amount bigint check (max_amount > 0 and (min_amount is null or max_amount >= min_amount));
alter table receiving_accounts add column for_account_id bigint references accounts (id);
create index receiving_accounts_for_account_id on receiving_accounts (for_account_id);

-- Money that was sent without its reference: the top-up was made and declared at once, afterwards.
alter table remittances add column claimed_at bigint;
create index remittances_claimed on remittances (account_id, amount, remitted_on) where claimed_at is not null;

create trigger payment_requests_keep_update before update on payment_requests begin select raise(abort, 'payment requests are never changed'); end;
create trigger payment_requests_keep_delete before delete on payment_requests begin select raise(abort, 'payment requests are never deleted'); end;
