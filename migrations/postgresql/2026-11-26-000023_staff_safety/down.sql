drop table training_completions;
drop table training_requirements;
alter table people drop column lock_reason;
drop index staff_proposals_open_person;
delete from staff_proposals where kind = 'totp_removal';
alter table staff_proposals drop column removal_reason;
alter table staff_proposals drop column kind;
create unique index staff_proposals_open_person on staff_proposals (person_id) where state = 'proposed';
