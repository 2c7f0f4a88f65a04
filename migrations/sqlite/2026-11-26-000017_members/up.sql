-- Somebody is asked into an account by mail (A8). The link's token is kept as a keyed hash only; sending it again makes a new one.
create table invitations (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  invited_by_id bigint not null references people (id),
  address text not null,
  role text not null check (role in ('owner', 'billing', 'technical', 'viewer')),
  state text not null check (state in ('invited', 'accepted', 'withdrawn', 'expired')),
  token_hash blob not null unique,
  created_at bigint not null,
  sent_at bigint not null,
  expires_at bigint not null,
  accepted_by_id bigint references people (id),
  settled_at bigint,
  check ((state = 'accepted') = (accepted_by_id is not null)),
  check ((state = 'invited') = (settled_at is null))
);
-- An address is asked into an account once at a time.
create unique index invitations_open on invitations (account_id, address) where state = 'invited';
create index invitations_of_account on invitations (account_id, state, id);
create index invitations_by_end on invitations (state, expires_at);
create index invitations_settled on invitations (settled_at);

-- Every reference has an index.
create index invitations_invited_by_id on invitations (invited_by_id);
create index invitations_accepted_by_id on invitations (accepted_by_id);
