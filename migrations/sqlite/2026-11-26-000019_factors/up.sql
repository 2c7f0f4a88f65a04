-- The second factor of customers (C2). The recovery codes of the newest set, sealed for the one session that made them, until
-- it has shown them.
alter table totp_factors add column sealed_codes blob;
alter table totp_factors add column codes_at bigint;
create index totp_factors_pending on totp_factors (created_at) where confirmed_at is null;
create index totp_factors_unshown on totp_factors (codes_at) where sealed_codes is not null;

-- Each works once in place of a code of the app. More than 112 random bits: a keyed hash is enough (MF3).
create table recovery_codes (
  id integer not null primary key autoincrement,
  person_id bigint not null references people (id),
  code_hash blob not null unique,
  created_at bigint not null,
  used_at bigint
);

-- A browser in which the second factor is not asked again for 30 days after the password.
create table trusted_browsers (
  id integer not null primary key autoincrement,
  public_id text not null unique,
  person_id bigint not null references people (id),
  token_hash blob not null unique,
  network text not null,
  device text not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index trusted_browsers_by_end on trusted_browsers (expires_at);

-- A sign-in whose first factor was right and whose second one is awaited (MF7).
create table pending_sign_ins (
  id integer not null primary key autoincrement,
  handle_hash blob not null unique,
  person_id bigint not null references people (id),
  method text not null check (method in ('password', 'password_code', 'code', 'registration', 'totp')),
  step text not null check (step in ('code', 'used', 'void')),
  tries integer not null check (tries between 0 and 5),
  remembered boolean not null,
  sealed_next blob,
  network text not null,
  device text not null,
  created_at bigint not null,
  expires_at bigint not null,
  told_at bigint
);
create index pending_sign_ins_untold on pending_sign_ins (step, created_at) where told_at is null;
create index pending_sign_ins_by_end on pending_sign_ins (expires_at);

-- Every reference has an index.
create index recovery_codes_person_id on recovery_codes (person_id);
create index trusted_browsers_person_id on trusted_browsers (person_id, id);
create index pending_sign_ins_person_id on pending_sign_ins (person_id);
