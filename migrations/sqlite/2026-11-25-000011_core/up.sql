-- Who is meant: one row per person or account whose data is sealed under its own key. Destroying the key erases the payloads.
create table subjects (
  id integer not null primary key autoincrement,
  sealed_key blob,
  created_at bigint not null
);

create table people (
  id integer not null primary key autoincrement,
  public_id text not null unique,
  subject_id bigint not null unique references subjects (id),
  kind text not null check (kind in ('customer', 'staff')),
  address text not null check (address = lower(address) and length(address) between 3 and 254),
  name text,
  state text not null check (state in ('active', 'locked', 'ended')),
  password_hash text,
  password_class text check (password_class in ('fair', 'strong')),
  password_at bigint,
  created_at bigint not null,
  unique (kind, address)
);
-- With the kind: SQLite follows it only where it looks something up in it.
create index people_of_staff on people (kind, id) where kind = 'staff';

create table accounts (
  id integer not null primary key autoincrement,
  subject_id bigint not null unique references subjects (id),
  number text not null unique,
  name text,
  state text not null check (state in ('open', 'closing', 'closed')),
  created_at bigint not null
);

create table memberships (
  id integer not null primary key autoincrement,
  account_id bigint not null references accounts (id),
  person_id bigint not null references people (id),
  role text not null check (role in ('owner', 'billing', 'technical', 'viewer')),
  created_at bigint not null,
  ended_at bigint
);
create unique index memberships_active on memberships (account_id, person_id) where ended_at is null;

-- One row per sign-in. The cookie holds the reference; this keeps only its keyed hash.
create table sessions (
  id integer not null primary key autoincrement,
  public_id text not null unique,
  reference_hash blob not null unique,
  person_id bigint not null references people (id),
  account_id bigint references accounts (id),
  method text not null check (method in ('password', 'password_code', 'code', 'registration', 'totp')),
  remembered boolean not null,
  created_at bigint not null,
  signed_in_at bigint not null,
  seen_at bigint not null,
  stepped_up_at bigint,
  ended_at bigint,
  network text not null,
  device text not null
);
create index sessions_of_person on sessions (person_id, ended_at, id);

-- A browser that passed a mailed code is known for 30 days (A2), also after sign-out.
create table known_browsers (
  id integer not null primary key autoincrement,
  person_id bigint not null references people (id),
  token_hash blob not null unique,
  created_at bigint not null,
  expires_at bigint not null
);
create index known_browsers_by_end on known_browsers (expires_at);

-- One-time codes (A2): bound to one purpose, one browser (the handle in its cookie) and one address.
create table challenges (
  id integer not null primary key autoincrement,
  handle_hash blob not null unique,
  purpose text not null check (purpose in ('register', 'sign_in', 'second_step', 'reset', 'disown')),
  step text not null check (step in ('code', 'used', 'void')),
  address text not null,
  person_id bigint references people (id),
  code_hash blob not null,
  opens boolean not null,
  tries integer not null check (tries between 0 and 5),
  sends integer not null check (sends between 1 and 10),
  remembered boolean not null,
  sealed_data blob,
  network text not null,
  device text not null,
  created_at bigint not null,
  sent_at bigint not null,
  expires_at bigint not null,
  told_at bigint
);
create index challenges_untold on challenges (purpose, step, created_at) where told_at is null;
create index challenges_by_end on challenges (expires_at);
create index challenges_by_address on challenges (address, purpose, created_at);

-- Shared counters of guesses and sends (A7): kept over a restart and the same for all instances. A bucket holds
-- what its last six slices of time took, ten bits for each; a gate is shut until it ends.
create table limits (
  bucket text not null primary key,
  slice_start bigint not null,
  recent bigint not null,
  ends_at bigint not null
);
create index limits_by_end on limits (ends_at);

-- A posted form counts once: its key is stored in the transaction of its change.
create table submissions (
  actor text not null,
  form_key text not null,
  location text,
  flash text,
  created_at bigint not null,
  primary key (actor, form_key)
);
create index submissions_by_age on submissions (created_at);

create table staff_roles (
  id integer not null primary key autoincrement,
  person_id bigint not null references people (id),
  role text not null check (role in ('support', 'consultant', 'reviewer', 'finance', 'editor', 'privacy', 'auditor', 'admin')),
  granted_by_id bigint references people (id),
  granted_at bigint not null,
  unique (person_id, role)
);
create index staff_roles_by_role on staff_roles (role, person_id);

-- A role that touches money or identity is given by two admins: one proposes, another approves.
create table staff_proposals (
  id integer not null primary key autoincrement,
  number text not null unique,
  state text not null check (state in ('proposed', 'approved', 'rejected', 'withdrawn', 'expired')),
  person_id bigint references people (id),
  address text check (address = lower(address)),
  name text,
  proposed_by_id bigint not null references people (id),
  proposed_at bigint not null,
  expires_at bigint not null,
  decided_by_id bigint references people (id),
  decided_at bigint,
  check (person_id is not null or address is not null),
  check ((state = 'proposed') = (decided_at is null)),
  check (state not in ('approved', 'rejected') or (decided_by_id is not null and decided_by_id <> proposed_by_id)),
  check (state <> 'approved' or (person_id is not null and person_id <> decided_by_id)),
  check (state <> 'withdrawn' or (decided_by_id is not null and decided_by_id = proposed_by_id))
);
create unique index staff_proposals_open_person on staff_proposals (person_id) where state = 'proposed';
create unique index staff_proposals_open_address on staff_proposals (address) where state = 'proposed';
create index staff_proposals_by_end on staff_proposals (state, expires_at);

create table staff_proposal_roles (
  id integer not null primary key autoincrement,
  proposal_id bigint not null references staff_proposals (id),
  role text not null check (role in ('support', 'consultant', 'reviewer', 'finance', 'editor', 'privacy', 'auditor', 'admin')),
  unique (proposal_id, role)
);

create table activations (
  id integer not null primary key autoincrement,
  person_id bigint not null references people (id),
  token_hash blob not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  -- Replaced by a newer link, or its owner's work here ended: it works at no time any more.
  voided_at bigint
);

create table totp_factors (
  id integer not null primary key autoincrement,
  person_id bigint not null unique references people (id),
  sealed_secret blob not null,
  confirmed_at bigint,
  last_step bigint not null,
  created_at bigint not null
);

-- Operation records (F11): inserted, never changed or deleted. The payload is sealed under the subject's key.
create table records (
  id integer not null primary key autoincrement,
  subject_id bigint references subjects (id),
  account_id bigint references accounts (id),
  person_id bigint references people (id),
  actor text not null check (actor in ('visitor', 'customer', 'staff', 'system', 'command_line')),
  actor_id bigint references people (id),
  event text not null,
  object text,
  session_id bigint references sessions (id),
  network text not null,
  at bigint not null,
  sealed_payload blob
);
create index records_of_object on records (object, id);
create index records_of_event on records (event, at, id);
create index records_by_time on records (at, id);
create index records_by_actor on records (actor_id, id);
create index records_of_account on records (account_id, id) where person_id is null;
create index records_of_person on records (person_id, id);

-- Consent records (F2): one row per event, never changed.
create table policy_versions (
  id integer not null primary key autoincrement,
  number bigint not null unique check (number > 0),
  widens boolean not null,
  summary text not null,
  body text not null,
  body_hash blob not null,
  published_at bigint not null
);

create table consents (
  id integer not null primary key autoincrement,
  public_id text not null unique,
  person_id bigint not null references people (id),
  purpose text not null check (purpose in ('agreement', 'business_notices', 'new_products', 'service_changes', 'behaviour', 'recommendations', 'identity_document', 'identity_face', 'identity_provider')),
  policy_version_id bigint references policy_versions (id),
  notice_hash blob not null,
  event text not null check (event in ('given', 'refused', 'withdrawn', 'expired', 'superseded')),
  method text not null check (method in ('web_form', 'mailed_link', 'staff')),
  session_id bigint references sessions (id),
  network text not null,
  at bigint not null
);
create index consents_of_person on consents (person_id, purpose, id);

-- The outbox: a mail is written in the transaction of the change it tells of, and sent by a worker.
create table mails (
  id integer not null primary key autoincrement,
  message_id text not null unique,
  person_id bigint references people (id),
  kind text not null,
  address text not null,
  subject text not null,
  sealed_text blob,
  sealed_html blob,
  holds_code boolean not null,
  state text not null check (state in ('queued', 'sent', 'dead')),
  attempts integer not null,
  due_at bigint not null,
  claimed_until bigint not null,
  created_at bigint not null,
  sent_at bigint,
  last_error text
);
create index mails_due on mails (state, holds_code, due_at);
create index mails_unwiped on mails (created_at, id) where sealed_text is not null and holds_code;
create index mails_by_age on mails (created_at, id);
create index mails_of_person on mails (person_id, id);

-- A file that was received but not yet adopted by a form's change; it lives 24 hours.
create table uploads (
  id integer not null primary key autoincrement,
  number text not null unique,
  person_id bigint not null references people (id),
  purpose text not null,
  file_name text not null,
  media_kind text not null,
  size bigint not null check (size > 0),
  storage_key text not null unique,
  created_at bigint not null,
  expires_at bigint not null
);
create index uploads_by_end on uploads (expires_at);

-- The clockwork: each job runs once across all instances.
create table jobs (
  name text not null primary key,
  claimed_until bigint not null,
  ran_at bigint not null,
  failures bigint not null
);

-- Which keys this database is sealed under: number and fingerprint of each generation, so that a start with another key
-- folder is refused. A fingerprint says nothing of its key.
create table key_generations (
  number bigint not null primary key,
  fingerprint text not null,
  created_at bigint not null
);

-- Single facts of this installation, such as the mark of a demo database.
create table marks (
  name text not null primary key,
  value text not null
);

-- Every reference has an index.
create index memberships_account_id on memberships (account_id);
create index memberships_person_id on memberships (person_id);
create index sessions_account_id on sessions (account_id);
create index known_browsers_person_id on known_browsers (person_id);
create index challenges_person_id on challenges (person_id);
create index staff_roles_granted_by_id on staff_roles (granted_by_id);
create index staff_proposals_person_id on staff_proposals (person_id);
create index staff_proposals_proposed_by_id on staff_proposals (proposed_by_id);
create index staff_proposals_decided_by_id on staff_proposals (decided_by_id);
create index activations_person_id on activations (person_id);
create index records_subject_id on records (subject_id);
create index records_session_id on records (session_id);
create index consents_policy_version_id on consents (policy_version_id);
create index consents_session_id on consents (session_id);
create index uploads_person_id on uploads (person_id);

create trigger records_keep_update before update on records begin select raise(abort, 'records are never changed'); end;
create trigger records_keep_delete before delete on records begin select raise(abort, 'records are never deleted'); end;

create trigger consents_keep_update before update on consents begin select raise(abort, 'consents are never changed'); end;
create trigger consents_keep_delete before delete on consents begin select raise(abort, 'consents are never deleted'); end;

create trigger policy_versions_keep_update before update on policy_versions begin select raise(abort, 'policy_versions are never changed'); end;
create trigger policy_versions_keep_delete before delete on policy_versions begin select raise(abort, 'policy_versions are never deleted'); end;
