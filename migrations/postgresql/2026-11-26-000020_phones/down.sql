drop table text_messages;
drop table contact_changes;
drop table phones;
alter table people drop column self_locked_at;
delete from challenges where purpose in ('step_up', 'phone_new', 'phone_old', 'address_old', 'address_new', 'unlock');
alter table challenges drop constraint challenges_purpose_check;
alter table challenges add constraint challenges_purpose_check
  check (purpose in ('register', 'sign_in', 'second_step', 'reset', 'disown'));
