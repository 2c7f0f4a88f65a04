drop table kept_posts;
