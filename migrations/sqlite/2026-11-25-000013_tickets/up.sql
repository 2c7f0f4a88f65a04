create table tickets (
  id integer not null primary key autoincrement,
  number text not null unique,
  account_id bigint not null references accounts (id),
  opened_by_id bigint not null references people (id),
  state text not null check (state in ('waiting_for_us', 'waiting_for_you', 'resolved', 'closed')),
  category text not null check (category in ('account', 'money', 'service', 'product', 'privacy', 'other')),
  urgency text not null check (urgency in ('low', 'normal', 'high')),
  subject text not null,
  contact_name text not null,
  contact_address text not null,
  contact_phone text not null,
  contact_company text not null,
  contact_industry text not null,
  contact_position text not null,
  search_text text not null,
  assigned_to_id bigint references people (id),
  opened_at bigint not null,
  updated_at bigint not null,
  due_at bigint not null,
  answered_at bigint,
  ended_at bigint,
  check ((ended_at is null) = (state in ('waiting_for_us', 'waiting_for_you')))
);
create index tickets_of_account on tickets (account_id, id);
create index tickets_of_account_by_state on tickets (account_id, state, id);
-- The queue of staff: what is open, soonest due first.
create index tickets_open_by_due on tickets (state, due_at, id) where ended_at is null;
create index tickets_by_due on tickets (state, due_at, id);
create index tickets_assigned on tickets (assigned_to_id, state, id);
create index tickets_open_of_one on tickets (assigned_to_id, state, due_at, id) where ended_at is null;

create table ticket_entries (
  id integer not null primary key autoincrement,
  ticket_id bigint not null references tickets (id),
  kind text not null check (kind in ('reply', 'note', 'move')),
  side text not null check (side in ('customer', 'staff', 'system')),
  person_id bigint references people (id),
  body text not null,
  at bigint not null
);
create index ticket_entries_of_ticket on ticket_entries (ticket_id, id);

create table ticket_files (
  id integer not null primary key autoincrement,
  number text not null unique,
  ticket_id bigint not null references tickets (id),
  ticket_entry_id bigint not null references ticket_entries (id),
  file_name text not null,
  media_kind text not null,
  size bigint not null check (size > 0),
  storage_key text not null unique,
  at bigint not null
);

-- Every reference has an index.
create index tickets_opened_by_id on tickets (opened_by_id);
create index ticket_entries_person_id on ticket_entries (person_id);
create index ticket_files_ticket_id on ticket_files (ticket_id);
create index ticket_files_ticket_entry_id on ticket_files (ticket_entry_id);
