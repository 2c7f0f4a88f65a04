-- What somebody had typed when their session had ended, or when they were asked to prove themselves again (A9): sealed to
-- the person, offered once, gone within a day.
create table kept_posts (
  id integer not null primary key autoincrement,
  handle text not null unique,
  person_id bigint not null references people (id),
  sealed_data blob not null,
  created_at bigint not null,
  expires_at bigint not null,
  check (expires_at > created_at)
);
create index kept_posts_person_id on kept_posts (person_id);
create index kept_posts_by_end on kept_posts (expires_at);
