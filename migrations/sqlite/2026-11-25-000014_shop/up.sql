create table products (
  id integer not null primary key autoincrement,
  slug text not null unique,
  category text not null check (category in ('compute', 'storage', 'network', 'security')),
  name text not null,
  summary text not null,
  body text not null,
  search_text text not null,
  state text not null check (state in ('draft', 'on_sale', 'retired')),
  position bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index products_by_category on products (state, category, position, id);

create table plans (
  id integer not null primary key autoincrement,
  product_id bigint not null references products (id),
  name text not null,
  summary text not null,
  price bigint not null check (price >= 0),
  period text not null check (period in ('month', 'year')),
  position bigint not null,
  unique (product_id, name)
);

create table articles (
  id integer not null primary key autoincrement,
  slug text not null unique,
  title text not null,
  summary text not null,
  body text not null,
  topic text not null check (topic in ('start', 'account', 'money', 'service', 'support', 'privacy')),
  search_text text not null,
  state text not null check (state in ('draft', 'published')),
  updated_at bigint not null
);
create index articles_by_topic on articles (state, topic, id);

create table announcements (
  id integer not null primary key autoincrement,
  slug text not null unique,
  title text not null,
  body text not null,
  published_at bigint not null
);
create index announcements_by_date on announcements (published_at, id);
