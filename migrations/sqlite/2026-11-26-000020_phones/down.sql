drop table text_messages;
drop table contact_changes;
drop table phones;
alter table people drop column self_locked_at;
delete from challenges where purpose in ('step_up', 'phone_new', 'phone_old', 'address_old', 'address_new', 'unlock');
create table challenges_anew (
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
insert into challenges_anew select id, handle_hash, purpose, step, address, person_id, code_hash, opens, tries, sends, remembered,
  sealed_data, network, device, created_at, sent_at, expires_at, told_at from challenges;
drop table challenges;
alter table challenges_anew rename to challenges;
create index challenges_untold on challenges (purpose, step, created_at) where told_at is null;
create index challenges_by_end on challenges (expires_at);
create index challenges_by_address on challenges (address, purpose, created_at);
create index challenges_person_id on challenges (person_id);
