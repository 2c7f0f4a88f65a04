-- Codes also prove a phone, an address that is to be replaced, and who unlocks an account. SQLite changes a check by making
-- the table anew.
create table challenges_anew (
  id integer not null primary key autoincrement,
  handle_hash blob not null unique,
  purpose text not null check (purpose in ('register', 'sign_in', 'second_step', 'reset', 'disown', 'step_up', 'phone_new', 'phone_old', 'address_old', 'address_new', 'unlock')),
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
insert into challenges_anew select id, handle_hash, purpose, step, address, person_id, code_hash, opens, tries, sends, remembered,
  sealed_data, network, device, created_at, sent_at, expires_at, told_at from challenges;
drop table challenges;
alter table challenges_anew rename to challenges;
create index challenges_untold on challenges (purpose, step, created_at) where told_at is null;
create index challenges_by_end on challenges (expires_at);
create index challenges_by_address on challenges (address, purpose, created_at);
create index challenges_person_id on challenges (person_id);

-- Whoever locked their own sign-in (RC9) unlocks it again themselves; whom staff locked does not.
alter table people add column self_locked_at bigint;

-- The mobile phone of a person (C1), proved by a code. One number serves a bounded count of people: each takes one of its slots.
create table phones (
  id integer not null primary key autoincrement,
  person_id bigint not null unique references people (id),
  sealed_number blob not null,
  number_hash blob not null,
  slot bigint not null check (slot between 1 and 100),
  bound_at bigint not null,
  unique (number_hash, slot)
);

-- A change of phone or address: one row for each request, and only from that row is it made (RC5). It is proved by the other
-- means, or it waits while everybody is told.
create table contact_changes (
  id integer not null primary key autoincrement,
  number text not null unique,
  person_id bigint not null references people (id),
  kind text not null check (kind in ('phone', 'address')),
  proof text not null check (proof in ('none', 'address', 'phone', 'wait')),
  state text not null check (state in ('asked', 'proved', 'waiting', 'done', 'cancelled', 'expired', 'undone')),
  sealed_old blob,
  sealed_new blob,
  network text not null,
  device text not null,
  created_at bigint not null,
  due_at bigint not null,
  told_at bigint,
  settled_at bigint,
  check ((state in ('asked', 'proved', 'waiting')) = (settled_at is null)),
  check (sealed_old is not null or sealed_new is not null),
  check (kind = 'phone' or (sealed_old is not null and sealed_new is not null)),
  check (state <> 'waiting' or proof = 'wait'),
  check (proof <> 'none' or (kind = 'phone' and sealed_old is null))
);
-- A person changes one thing at a time.
create unique index contact_changes_open on contact_changes (person_id, kind) where state in ('asked', 'proved', 'waiting');
create index contact_changes_due on contact_changes (state, due_at);
create index contact_changes_settled on contact_changes (settled_at);
create index contact_changes_of_person on contact_changes (person_id, id);

-- The outbox of text messages, as that of mails. A message that comes too late to be of use is given up.
create table text_messages (
  id integer not null primary key autoincrement,
  message_id text not null unique,
  person_id bigint references people (id),
  kind text not null,
  sealed_number blob not null,
  sealed_text blob,
  state text not null check (state in ('queued', 'sent', 'dead')),
  attempts integer not null,
  due_at bigint not null,
  claimed_until bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  sent_at bigint,
  last_error text
);
create index text_messages_due on text_messages (state, due_at);
create index text_messages_unwiped on text_messages (created_at, id) where sealed_text is not null;
create index text_messages_by_age on text_messages (created_at, id);
create index text_messages_of_person on text_messages (person_id, id);
