-- Somebody lost the second factor and asks for it to be taken away (RC3): two reviewers compare a document with what was
-- authenticated, then three days pass in which everybody is told. Number and pictures go when it is decided.
create table account_recoveries (
  id integer not null primary key autoincrement,
  number text not null unique,
  person_id bigint not null references people (id),
  account_id bigint not null references accounts (id),
  state text not null check (state in ('draft', 'asked', 'confirmed', 'waiting', 'done', 'rejected', 'cancelled', 'expired')),
  begun_in bigint not null,
  paper text not null,
  sealed_key blob,
  sealed_number blob,
  agrees boolean not null,
  notice_hash blob not null,
  network text not null,
  device text not null,
  asked_at bigint not null,
  first_by_id bigint references people (id),
  first_at bigint,
  second_by_id bigint references people (id),
  second_at bigint,
  due_at bigint not null,
  told_at bigint,
  reason text check (reason in ('unreadable', 'name_differs', 'number_differs', 'paper_missing', 'not_genuine', 'other')),
  settled_by_id bigint references people (id),
  settled_at bigint,
  check ((state in ('draft', 'asked', 'confirmed', 'waiting')) = (settled_at is null)),
  check ((sealed_key is not null and sealed_number is not null) = (state in ('draft', 'asked', 'confirmed'))),
  check ((sealed_key is null) = (sealed_number is null)),
  check ((first_by_id is null) = (first_at is null)),
  check ((second_by_id is null) = (second_at is null)),
  check (second_by_id is null or (first_by_id is not null and second_by_id <> first_by_id)),
  check (state not in ('confirmed', 'waiting', 'done') or (first_by_id is not null and agrees)),
  check (state not in ('waiting', 'done') or second_by_id is not null),
  check (state <> 'rejected' or reason is not null)
);
create unique index account_recoveries_open on account_recoveries (person_id) where state in ('asked', 'confirmed', 'waiting');
create index account_recoveries_drafts on account_recoveries (begun_in) where state = 'draft';
create index account_recoveries_queue on account_recoveries (asked_at, id) where settled_at is null;
create index account_recoveries_due on account_recoveries (state, due_at);
create index account_recoveries_settled on account_recoveries (settled_at) where settled_at is not null;
create index account_recoveries_person_id on account_recoveries (person_id, asked_at);
create index account_recoveries_account_id on account_recoveries (account_id);
create index account_recoveries_first_by_id on account_recoveries (first_by_id);
create index account_recoveries_second_by_id on account_recoveries (second_by_id);
create index account_recoveries_settled_by_id on account_recoveries (settled_by_id);

-- Its pictures, sealed under its key.
create table recovery_files (
  id integer not null primary key autoincrement,
  number text not null unique,
  recovery_id bigint not null references account_recoveries (id),
  part text not null check (part in ('front', 'back', 'face', 'licence')),
  media_kind text not null,
  size bigint not null check (size > 0),
  sealed_bytes blob not null,
  created_at bigint not null,
  unique (recovery_id, part)
);
