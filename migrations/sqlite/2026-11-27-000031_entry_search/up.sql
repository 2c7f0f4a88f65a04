-- Finance looks for an entry by the bank's serial number, whichever account at the bank it is of and wherever the entry stands.
create index statement_entries_by_serial_key on statement_entries (serial_key, state, id) where serial_key is not null;
-- What is held for one reason, in its order: the rules look again at what waits for a real name alone.
create index statement_entries_by_hold on statement_entries (hold, id) where hold is not null;
