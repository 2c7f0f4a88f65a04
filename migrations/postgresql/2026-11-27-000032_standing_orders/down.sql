drop trigger permanent_references_keep_update on permanent_references;
create trigger permanent_references_keep_update before update on permanent_references for each row execute function refuse_change();
drop index permanent_references_untold_of_id;
alter table permanent_references drop column untold_of_id;
