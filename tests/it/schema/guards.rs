//! What is kept is kept past other programs too: neither putting a row in the place of another nor emptying a table gets past
//! the triggers, and what a bank wrote, what was decided and what a case is about stay as they are.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use easylink::base::db::Conn;

use super::filled::{BEFORE, rows, up_to};
use crate::support::postgres::{drop_database, fresh_database};

/// The last migration before the guards.
const UNGUARDED: &str = "2026-11-27-000029";

/// Of each table that is kept one row, beside those of [`rows`]: a settled line of a file, one that waits, decisions, cases, and
/// who may pay in for an account.
const FILLED: &str = "
insert into statement_imports (id, number, receiving_account_id, format, reading, file_name, file_size, state, entries, credits, debits, done, fresh, created_at, settled_at)
  values (1, 'IMPORT1', 1, 'camt053', '{}', 'a.xml', 1, 'imported', 2, 2, 0, 2, 2, 6, 7);
insert into statement_entries (id, number, receiving_account_id, account_key, state, amount, allocated, booked_on, sealed_remitter, remittance_text, bank_serial, serial_key, entered_at, import_id, line_key) values
  (11, 'LINE11', 1, '1', 'credited', 100, 100, '2026-11-22', BLOB, 'rent', 'S11', 'S11', 6, 1, 'K11'),
  (12, 'LINE12', 1, '1', 'open', 200, 0, '2026-11-22', BLOB, 'milk', 'S12', 'S12', 6, 1, 'K12');
insert into statement_entries (id, number, receiving_account_id, account_key, state, amount, allocated, booked_on, sealed_remitter, remittance_text, bank_serial, serial_key, entered_by_id, entered_at) values
  (13, 'TYPED13', 1, '1', 'open', 300, 0, '2026-11-22', BLOB, 'tea', 'S13', 'S13', 2, 6),
  (14, 'TYPED14', 1, '1', 'open', 400, 0, '2026-11-22', BLOB, 'oil', 'S14', 'S14', 2, 6);
insert into ledger_transactions (id, number, kind, reverses_id, at) values (11, 'BACK11', 'reverse', 1, 6);
insert into entry_decisions (id, number, entry_id, kind, state, shares, note, proposed_by_id, proposed_at, decided_by_id, decided_at) values
  (1, 'DECIDED1', 11, 'credit', 'done', '[]', 'Known', 2, 6, 3, 7),
  (2, 'DECIDED2', 12, 'send_back', 'refused', '[]', null, 2, 6, 3, 7),
  (3, 'DECIDED3', 12, 'send_back', 'proposed', '[]', 'Unknown', 2, 8, null, null);
insert into aml_cases (id, number, entry_id, account_id, rule, state, note, opened_at, decided_by_id, decided_at)
  values (1, 'CASE1', 11, 1, 'threshold', 'reported', 'Odd', 6, 3, 7), (2, 'CASE2', 12, 1, 'threshold', 'cleared', 'Fine', 6, 3, 7);
insert into permanent_references (id, account_id, number, made_by_id, made_at) values (1, 1, 'PERMANENT1', 1, 6);
insert into approved_payers (id, number, account_id, state, slot, sealed_name, relation, agreement_on, agreement_hash, added_by_id, added_at)
  values (1, 'PAYER1', 1, 'approved', 1, BLOB, 'Mother', '2026-11-22', BLOB, 1, 6), (2, 'PAYER2', 1, 'approved', 2, BLOB, 'Father', '2026-11-22', BLOB, 1, 6);
insert into payment_requests (id, remittance_id, year, sequence, amount, issued_by_id, issued_at) values (1, 2, 2026, 1, 7000, 1, 6);
insert into records (id, actor, event, network, at) values (1, 'system', 'demo_made', '', 6);
";

/// Refused on both databases.
const KEPT: &[&str] = &[
    "delete from entry_decisions where id = 3",
    "delete from aml_cases",
    "delete from approved_payers",
    "delete from permanent_references",
    "delete from payment_requests",
    "update entry_decisions set shares = '[1]' where id = 1",
    "update entry_decisions set note = 'Another' where id = 1",
    "update entry_decisions set kind = 'park' where id = 2",
    "update entry_decisions set entry_id = 1 where id = 1",
    "update entry_decisions set proposed_by_id = 1 where id = 1",
    "update entry_decisions set decided_by_id = 1 where id = 1",
    "update entry_decisions set decided_at = 9 where id = 2",
    "update entry_decisions set state = 'refused' where id = 1",
    "update entry_decisions set state = 'proposed', decided_by_id = null, decided_at = null where id = 2",
    "update entry_decisions set shares = '[1]' where id = 3",
    "update entry_decisions set note = null where id = 3",
    "update entry_decisions set proposed_by_id = 1 where id = 3",
    "update entry_decisions set number = 'OTHER' where id = 3",
    "update statement_entries set booked_on = '2026-11-23' where id = 12",
    "update statement_entries set remittance_text = 'rent' where id = 12",
    "update statement_entries set remittance_text = '' where id = 12",
    "update statement_entries set sealed_remitter = OTHER where id = 12",
    "update statement_entries set bank_serial = null where id = 12",
    "update statement_entries set serial_key = 'S13' where id = 12",
    "update statement_entries set line_key = 'K13' where id = 12",
    "update statement_entries set number = 'LINE13' where id = 12",
    "update statement_entries set remittance_text = 'milk' where id = 11",
    "update statement_entries set sealed_remitter = OTHER where id = 11",
    "update aml_cases set entry_id = 12",
    "update aml_cases set rule = 'structuring'",
    "update aml_cases set opened_at = 1",
    "update aml_cases set note = 'Other' where id = 2",
    "update aml_cases set decided_by_id = 2 where id = 1",
    "insert into entry_decisions (number, entry_id, kind, state, shares, proposed_by_id, proposed_at, decided_by_id, decided_at) values ('ALONE', 12, 'keep', 'done', '[]', 2, 6, 2, 7)",
    "update aml_cases set decided_at = 9 where id = 2",
    "update aml_cases set state = 'reported' where id = 2",
    "update aml_cases set state = 'open', note = null, decided_by_id = null, decided_at = null where id = 1",
    "update approved_payers set account_id = account_id, added_by_id = 2",
    "update permanent_references set number = 'PERMANENT2'",
    "update payment_requests set amount = 1",
    "update allocations set id = 99",
    "update permanent_references set id = 99",
];

/// What moves on, and what a duty to delete asks for once its time has come.
const ALLOWED: &[&str] = &[
    "update entry_decisions set state = 'done', decided_by_id = 3, decided_at = 9 where id = 3",
    "update entry_decisions set note = null where id = 1",
    "update statement_entries set state = 'parked' where id = 12",
    "update statement_entries set sealed_remitter = EMPTY, remittance_text = '', sealed_bank_account = null, remitter_hash = null where id = 11",
    "update aml_cases set state = 'open', note = null, decided_by_id = null, decided_at = null where id = 2",
    "update aml_cases set state = 'cleared', note = 'Wiped', decided_by_id = 3, decided_at = 9 where id = 2",
    "update aml_cases set note = 'Wiped' where id = 1",
    "update approved_payers set state = 'removed', slot = null, removed_by_id = 1, removed_at = 9",
    "update approved_payers set sealed_name = EMPTY",
];

/// The tables whose rows are never taken away.
const TABLES: [&str; 12] = [
    "ledger_transfers",
    "ledger_transactions",
    "records",
    "consents",
    "policy_versions",
    "allocations",
    "statement_entries",
    "entry_decisions",
    "aml_cases",
    "approved_payers",
    "permanent_references",
    "payment_requests",
];

/// With SQLite alone: a row in the place of another.
const REPLACED: &[&str] = &[
    "insert or replace into ledger_transfers select id, transaction_id, debit_id, credit_id, 1, debit_balance, credit_balance, at from ledger_transfers",
    "insert or replace into ledger_transactions (id, number, kind, at) values (1, 'OTHER', 'reverse', 9)",
    "insert or replace into ledger_transactions (number, kind, at) select number, 'reverse', 9 from ledger_transactions where id = 1",
    "insert or replace into ledger_transactions (number, kind, reverses_id, at) values ('OTHER', 'reverse', 1, 9)",
    "insert or replace into records (id, actor, event, network, at) values (1, 'system', 'looked', '', 9)",
    "insert or replace into allocations select id, entry_id, kind, account_id, remittance_id, 1, why, transaction_id, allocated_by_id, entered_by_id, opened_by_id, allocated_at, undone_by_id from allocations",
    "insert or replace into statement_entries (id, number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, entered_at, import_id, line_key) values (1, 'OTHER', 1, '1', 'open', 9, '2026-11-22', x'01', '', 9, 1, 'K99')",
    "insert or replace into statement_entries (number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, entered_at, import_id, line_key) values ('LINE11', 1, '1', 'open', 9, '2026-11-22', x'01', '', 9, 1, 'K99')",
    "insert or replace into statement_entries (number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, entered_at, import_id, line_key) values ('OTHER', 1, '1', 'open', 9, '2026-11-22', x'01', '', 9, 1, 'K11')",
    "insert or replace into statement_entries (number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, entered_at, import_id, line_key, booked_transaction_id) values ('OTHER', 1, '1', 'open', 9, '2026-11-22', x'01', '', 9, 1, 'K99', 1)",
    "insert or replace into statement_entries (number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, bank_serial, serial_key, entered_by_id, entered_at) values ('OTHER', 1, '1', 'open', 9, '2026-11-22', x'01', '', 'S1', 'S1', 2, 9)",
    "insert or replace into entry_decisions (id, number, entry_id, kind, state, shares, proposed_by_id, proposed_at) values (1, 'OTHER', 11, 'credit', 'proposed', '[]', 2, 9)",
    "insert or replace into entry_decisions (number, entry_id, kind, state, shares, proposed_by_id, proposed_at) values ('DECIDED1', 11, 'credit', 'proposed', '[]', 2, 9)",
    "insert or replace into entry_decisions (number, entry_id, kind, state, shares, proposed_by_id, proposed_at) values ('OTHER', 12, 'park', 'proposed', '[]', 2, 9)",
    "insert or replace into aml_cases (id, number, entry_id, rule, state, opened_at) values (1, 'OTHER', 12, 'threshold', 'open', 9)",
    "insert or replace into aml_cases (number, entry_id, rule, state, opened_at) values ('OTHER', 11, 'threshold', 'open', 9)",
    "insert or replace into approved_payers (number, account_id, state, slot, sealed_name, relation, agreement_on, agreement_hash, added_by_id, added_at) values ('OTHER', 1, 'approved', 1, x'01', 'Aunt', '2026-11-22', x'01', 1, 9)",
    "insert or replace into permanent_references (account_id, number, made_by_id, made_at) values (1, 'OTHER', 1, 9)",
    "insert or replace into payment_requests (remittance_id, year, sequence, amount, issued_by_id, issued_at) values (2, 2026, 2, 1, 1, 9)",
    "insert or replace into payment_requests (remittance_id, year, sequence, amount, issued_by_id, issued_at) values (3, 2026, 1, 1, 1, 9)",
    "update or replace statement_entries set rowid = 11 where id = 12",
    "update or replace permanent_references set rowid = 99",
    "update or replace aml_cases set rowid = 99",
    "update or replace approved_payers set _rowid_ = 99",
    "update or replace allocations set oid = 99",
    "update or replace payment_requests set rowid = 99",
    "update or replace entry_decisions set rowid = 1 where id = 2",
    "update or replace statement_entries set import_id = 1, line_key = 'K11' where id = 13",
    "update or replace statement_entries set bank_serial = 'S14', serial_key = 'S14' where id = 13",
    "update or replace statement_entries set booked_transaction_id = 1 where id = 13",
    "update or replace approved_payers set slot = 1 where id = 2",
];

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = diesel::sql_types::Text)]
    told: String,
}

/// Every row of a table, told in words, so that any change is seen.
fn told(conn: &mut Conn, table: &str) -> Vec<String> {
    let sql = match conn {
        Conn::Pg(_) => format!("select row_to_json(t)::text as told from {table} t order by 1"),
        Conn::Sqlite(c) => {
            let columns = "select coalesce(group_concat('quote(' || name || ')', ' || '','' || '), '''''') as told";
            let columns: Told =
                diesel::sql_query(format!("{columns} from pragma_table_info('{table}')")).get_result(c).unwrap();
            format!("select {} as told from {table} order by 1", columns.told)
        }
    };
    let rows: Vec<Told> = diesel::sql_query(sql).load(conn).unwrap();
    rows.into_iter().map(|row| row.told).collect()
}

fn all(conn: &mut Conn) -> Vec<(&'static str, Vec<String>)> {
    TABLES.into_iter().map(|table| (table, told(conn, table))).collect()
}

/// The rows with numbers that can be read, and bytes as this engine writes them.
fn further(text: &str, [some, other, none]: [&str; 3]) -> String {
    text.replace("BLOB", some).replace("OTHER where", &format!("{other} where")).replace("EMPTY", none)
}

fn holds(conn: &mut Conn, bytes: [&str; 3]) {
    let before = all(conn);
    for sql in KEPT {
        let ended = conn.transaction(|c| c.batch_execute(&further(sql, bytes)));
        let fault = ended.expect_err(sql).to_string();
        assert!(fault.contains("never"), "{sql}: {fault}");
    }
    assert_eq!(all(conn), before);
    for sql in ALLOWED {
        conn.transaction(|c| c.batch_execute(&further(sql, bytes))).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
    }
}

#[test]
fn what_is_kept_is_kept_past_other_programs_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db").display().to_string();
    // As another program opens it: without a reference held to, and without the portal's own setting for `replace`.
    let mut conn = SqliteConnection::establish(&path).unwrap();
    up_to(&mut conn, "migrations/sqlite", Some(BEFORE));
    conn.batch_execute(&rows("x'01'")).unwrap();
    up_to(&mut conn, "migrations/sqlite", Some(UNGUARDED));
    let bytes = ["x'01'", "x'02'", "x''"];
    conn.batch_execute(&further(FILLED, bytes)).unwrap();
    up_to(&mut conn, "migrations/sqlite", None);
    let mut conn = Conn::Sqlite(conn);
    let before = all(&mut conn);
    for sql in REPLACED {
        let ended = conn.batch_execute(sql);
        assert!(ended.as_ref().err().is_none_or(|fault| fault.to_string().contains("never")), "{sql}: {ended:?}");
        assert_eq!(all(&mut conn), before, "{sql}");
    }
    holds(&mut conn, bytes);
}

#[test]
fn what_is_kept_is_kept_past_other_programs_on_postgresql() {
    let url = fresh_database("template0");
    let mut conn = PgConnection::establish(&url).unwrap();
    up_to(&mut conn, "migrations/postgresql", Some(BEFORE));
    conn.batch_execute(&rows("'\\x01'")).unwrap();
    let taken = "select setval(pg_get_serial_sequence('statement_entries', 'id'), 10), \
                 setval(pg_get_serial_sequence('remittances', 'id'), 10)";
    conn.batch_execute(taken).unwrap();
    up_to(&mut conn, "migrations/postgresql", Some(UNGUARDED));
    let bytes = ["'\\x01'", "'\\x02'", "''"];
    conn.batch_execute(&further(FILLED, bytes)).unwrap();
    up_to(&mut conn, "migrations/postgresql", None);
    let mut conn = Conn::Pg(conn);
    let before = all(&mut conn);
    for table in TABLES {
        let fault = conn.batch_execute(&format!("truncate {table} cascade")).expect_err(table).to_string();
        assert!(fault.contains("never"), "{table}: {fault}");
    }
    assert_eq!(all(&mut conn), before);
    holds(&mut conn, bytes);
    drop(conn);
    drop_database(&url);
}

/// Takes back what came with the guards and after them; answers how many migrations that were.
fn back<DB: diesel::backend::Backend>(conn: &mut impl MigrationHarness<DB>, folder: &str) -> usize {
    for nth in 1.. {
        let source = FileBasedMigrations::from_path(folder).unwrap();
        if conn.revert_last_migration(source).unwrap().to_string().starts_with("20261127000030") {
            return nth;
        }
    }
    unreachable!()
}

/// The guards go and come back, as those of any migration that is taken back.
#[test]
fn the_guards_can_be_taken_back() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    up_to(&mut conn, "migrations/sqlite", None);
    let taken = back(&mut conn, "migrations/sqlite");
    let source = FileBasedMigrations::from_path("migrations/sqlite").unwrap();
    assert_eq!(conn.run_pending_migrations(source).unwrap().len(), taken);
    let url = fresh_database("template0");
    let mut conn = PgConnection::establish(&url).unwrap();
    up_to(&mut conn, "migrations/postgresql", None);
    let taken = back(&mut conn, "migrations/postgresql");
    let source = FileBasedMigrations::from_path("migrations/postgresql").unwrap();
    assert_eq!(conn.run_pending_migrations(source).unwrap().len(), taken);
    drop(conn);
    drop_database(&url);
}
