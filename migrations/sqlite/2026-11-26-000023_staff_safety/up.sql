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
