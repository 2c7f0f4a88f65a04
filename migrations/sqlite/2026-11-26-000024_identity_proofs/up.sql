-- A remittance that proves further whose account it is (B2, B4): of a person one in the verified name, of a company one of a
-- small random amount that was shown to it. It stands with the account's standing result and falls with it.
create table identity_proofs (
  id integer not null primary key autoincrement,
  account_id bigint not null references accounts (id),
  kind text not null check (kind in ('name', 'amount')),
  state text not null check (state in ('asked', 'recorded', 'void', 'fallen')),
  remittance text not null unique references remittances (number),
  amount bigint check (amount between 1 and 99),
  asked_at bigint not null,
  expires_at bigint,
  recorded_by_id bigint references people (id),
  recorded_at bigint,
  check ((kind = 'amount') = (amount is not null)),
  check ((kind = 'amount') = (expires_at is not null)),
  check ((recorded_at is not null) = (state in ('recorded', 'fallen'))),
  check ((recorded_by_id is null) = (recorded_at is null))
);
-- One that is asked for and one that is recorded at a time for each account.
create unique index identity_proofs_asked on identity_proofs (account_id) where state = 'asked';
create unique index identity_proofs_recorded on identity_proofs (account_id) where state = 'recorded';
create index identity_proofs_of_account on identity_proofs (account_id, asked_at);
create index identity_proofs_recorded_by_id on identity_proofs (recorded_by_id);
