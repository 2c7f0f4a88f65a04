drop table remittances;
drop table statement_entries;
drop table receiving_accounts;
drop table ledger_transfers;
drop table ledger_transactions;
drop table ledger_accounts;
