drop trigger permanent_references_keep_update;
create trigger permanent_references_keep_update before update on permanent_references begin select raise(abort, 'permanent references are never changed'); end;
drop index permanent_references_untold_of_id;
alter table permanent_references drop column untold_of_id;
