-- Two admins also take an authenticator away (RC3): one proposes it with a reason, another approves.
alter table staff_proposals add column kind text not null default 'roles' check (kind in ('roles', 'totp_removal'));
alter table staff_proposals add column removal_reason text check ((kind = 'totp_removal') = (removal_reason is not null));
drop index staff_proposals_open_person;
create unique index staff_proposals_open_person on staff_proposals (person_id, kind) where state = 'proposed';
-- A link that one admin alone sent to somebody who has an authenticator works no longer.
update activations set voided_at = created_at where used_at is null and voided_at is null
  and person_id in (select person_id from totp_factors where confirmed_at is not null);
-- Why staff locked a customer's sign-in (RC9); null where nobody, or its owner, locked it.
alter table people add column lock_reason text check (lock_reason in ('asked', 'taken_over', 'misuse', 'authority'));

-- Which role needs which training (F10). Without a row a role needs none.
create table training_requirements (
  id integer not null primary key autoincrement,
  role text not null check (role in ('support', 'consultant', 'reviewer', 'finance', 'editor', 'privacy', 'auditor', 'admin')),
  course text not null check (course in ('privacy')),
  unique (role, course)
);

-- Who did a course, and the midnight of the portal's zone with which that lapses.
create table training_completions (
  id integer not null primary key autoincrement,
  person_id bigint not null references people (id),
  course text not null check (course in ('privacy')),
  completed_at bigint not null,
  lapses_at bigint not null,
  check (lapses_at > completed_at)
);
create index training_completions_of_person on training_completions (person_id, course, lapses_at);
