drop table announcements;
drop table articles;
drop table plans;
drop table products;
