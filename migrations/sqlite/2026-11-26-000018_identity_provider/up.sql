-- A case that is handed to the verification provider: once each time it is handed in, however often it has to be sent (B4).
-- What the provider said stays as long as the result; nothing here tells of whom.
create table identity_attempts (
  id integer not null primary key autoincrement,
  number text not null unique,
  case_id bigint not null references identity_cases (id),
  state text not null check (state in ('due', 'pending', 'settled', 'ended')),
  outcome text check (outcome in ('verified', 'rejected', 'unknown', 'silent')),
  tries bigint not null check (tries >= 0),
  next_at bigint,
  leased_until bigint,
  created_at bigint not null,
  expires_at bigint not null,
  settled_at bigint,
  check ((outcome is not null) = (state = 'settled')),
  check ((settled_at is null) = (state in ('due', 'pending'))),
  check ((next_at is not null) = (state = 'due')),
  check (leased_until is null or state = 'due')
);
-- One at a time for each case.
create unique index identity_attempts_open on identity_attempts (case_id) where state in ('due', 'pending');
create index identity_attempts_of_case on identity_attempts (case_id, id);
create index identity_attempts_due on identity_attempts (next_at) where next_at is not null;
create index identity_attempts_by_end on identity_attempts (expires_at) where state in ('due', 'pending');

-- Ids of the provider's messages that were taken: each counts once (NW3). A keyed hash, until its time window is over.
create table identity_messages (
  id integer not null primary key autoincrement,
  message_hash blob not null unique,
  expires_at bigint not null
);
create index identity_messages_by_end on identity_messages (expires_at);
