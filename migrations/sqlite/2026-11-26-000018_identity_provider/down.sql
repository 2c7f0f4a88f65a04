drop table identity_messages;
drop table identity_attempts;
