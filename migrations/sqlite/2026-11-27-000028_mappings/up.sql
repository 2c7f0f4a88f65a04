-- What the columns of a bank's CSV are is said once and kept (D2): each answer is a version, and none is ever changed. A file
-- tells by which version it is read; one of CSV that waits without is not understood yet.
create table statement_mappings (
  id integer not null primary key autoincrement,
  receiving_account_id bigint not null references receiving_accounts (id),
  version bigint not null check (version > 0),
  -- The mapping as JSON.
  mapping text not null,
  made_by_id bigint not null references people (id),
  made_at bigint not null,
  unique (receiving_account_id, version)
);
create index statement_mappings_made_by_id on statement_mappings (made_by_id);

alter table statement_imports add column mapping_id bigint references statement_mappings (id);
create index statement_imports_mapping_id on statement_imports (mapping_id);

-- Where a day ends in the ledger, for its trial balance; and how long entries have waited for somebody to find whose they are.
create index ledger_transfers_at on ledger_transfers (at, id);
create index statement_entries_by_age on statement_entries (state, booked_on);

create trigger statement_mappings_keep_update before update on statement_mappings begin select raise(abort, 'a mapping is never changed'); end;
create trigger statement_mappings_keep_delete before delete on statement_mappings begin select raise(abort, 'a mapping is never deleted'); end;
