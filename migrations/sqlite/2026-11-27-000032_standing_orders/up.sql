-- The receiving account that was closed while transfers under this reference came to it, and of which its owners were not told yet.
alter table permanent_references add column untold_of_id bigint references receiving_accounts (id);
create index permanent_references_untold_of_id on permanent_references (untold_of_id, id) where untold_of_id is not null;
-- The reference itself stays as it was made; whether something is to be told of it does not.
drop trigger permanent_references_keep_update;
create trigger permanent_references_keep_update before update of id, account_id, number, made_by_id, made_at on permanent_references begin select raise(abort, 'permanent references are never changed'); end;
