-- A real-name case (B2 to B5). Its numbers and pictures are sealed under a key of its own, which is destroyed when it is
-- decided; what stays tells who, what kind, when and how, with name and number masked.
create table identity_cases (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  person_id bigint not null references people (id),
  kind text not null check (kind in ('personal', 'corporate')),
  method text not null check (method in ('document', 'face', 'licence')),
  document text not null check (document in ('resident_id', 'permanent_residence', 'hmt_residence', 'hmt_travel_permit', 'passport', 'other')),
  state text not null check (state in ('draft', 'awaiting_contact', 'waiting', 'returned', 'seconded', 'approved', 'rejected', 'withdrawn', 'abandoned')),
  sealed_key blob,
  sealed_details blob,
  masked_name text not null,
  masked_number text not null,
  fingerprint blob not null,
  reason text check (reason in ('unreadable', 'name_differs', 'number_differs', 'document_ended', 'wrong_picture', 'face_unclear', 'licence_differs', 'too_often', 'other')),
  approved_by_id bigint references people (id),
  decided_by_id bigint references people (id),
  decided_at bigint,
  leased_by_id bigint references people (id),
  leased_until bigint,
  created_at bigint not null,
  acted_at bigint not null,
  queued_at bigint,
  destroy_at bigint,
  destroyed_at bigint,
  check ((kind = 'corporate') = (method = 'licence')),
  check ((queued_at is not null) = (state in ('waiting', 'seconded'))),
  check ((leased_by_id is null) = (leased_until is null)),
  check (leased_by_id is null or state in ('waiting', 'seconded')),
  check ((decided_at is null) = (state in ('draft', 'awaiting_contact', 'waiting', 'returned', 'seconded'))),
  check (destroyed_at is null or (sealed_key is null and sealed_details is null)),
  check (destroyed_at is not null or decided_at is not null or (sealed_key is not null and sealed_details is not null)),
  check (decided_at is null or destroyed_at is not null or destroy_at is not null),
  check (state <> 'seconded' or approved_by_id is not null),
  check (approved_by_id is null or decided_by_id is null or approved_by_id <> decided_by_id or state <> 'approved')
);
create unique index identity_cases_open on identity_cases (account_id)
  where state in ('draft', 'awaiting_contact', 'waiting', 'returned', 'seconded');
create unique index identity_cases_leased on identity_cases (leased_by_id) where leased_by_id is not null;
create index identity_cases_queue on identity_cases (queued_at, id) where queued_at is not null;
create index identity_cases_held on identity_cases (leased_until) where leased_until is not null;
create index identity_cases_idle on identity_cases (state, acted_at);
create index identity_cases_due on identity_cases (destroy_at) where destroyed_at is null and destroy_at is not null;
create index identity_cases_of_account on identity_cases (account_id, id);
create index identity_cases_person_id on identity_cases (person_id);
create index identity_cases_approved_by_id on identity_cases (approved_by_id);
create index identity_cases_decided_by_id on identity_cases (decided_by_id);

-- The pictures of a case: bytes sealed under the case's key, so that one transaction takes key and bytes away.
create table identity_files (
  id integer not null primary key autoincrement,
  number text not null unique,
  case_id bigint not null references identity_cases (id),
  part text not null check (part in ('front', 'back', 'face', 'licence')),
  media_kind text not null,
  size bigint not null check (size > 0),
  sealed_bytes blob not null,
  created_at bigint not null,
  unique (case_id, part)
);

-- The stored result of real-name authentication (B5): what is kept, never the documents. One number stands for a bounded
-- count of accounts: each takes one of its slots.
create table identity_results (
  id integer not null primary key autoincrement,
  account_id bigint not null references accounts (id),
  case_id bigint references identity_cases (id),
  kind text not null check (kind in ('personal', 'corporate')),
  state text not null check (state in ('standing', 'restricted')),
  masked_name text not null,
  masked_number text not null,
  sealed_name blob not null,
  sealed_code blob,
  fingerprint blob not null,
  slot bigint not null check (slot between 1 and 100),
  method text not null check (method in ('document', 'face', 'licence')),
  decided_by_id bigint references people (id),
  decided_at bigint not null,
  check (sealed_code is null or kind = 'corporate'),
  unique (fingerprint, slot)
);
create unique index identity_results_standing on identity_results (account_id) where state = 'standing';
create index identity_results_account_id on identity_results (account_id, state);
create index identity_results_case_id on identity_results (case_id);
create index identity_results_decided_by_id on identity_results (decided_by_id);

-- The contact of a company who is not the person asking agrees by a mailed link of their own (B3).
create table identity_contacts (
  id integer not null primary key autoincrement,
  case_id bigint not null unique references identity_cases (id),
  token_hash blob not null unique,
  state text not null check (state in ('asked', 'agreed', 'refused', 'ended')),
  notice_hash blob,
  network text,
  asked_at bigint not null,
  expires_at bigint not null,
  answered_at bigint,
  check ((state in ('agreed', 'refused')) = (answered_at is not null))
);
create index identity_contacts_by_end on identity_contacts (state, expires_at);
