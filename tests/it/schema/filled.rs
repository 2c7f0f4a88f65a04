//! A database that was in use before statements were imported is carried over whole: no cent changes, what was credited stays
//! credited, and what was open can still be credited.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use easylink::base::db::Conn;
use easylink::base::db::schema::{allocations, remittances, statement_entries};
use easylink::base::types::Number;
use easylink::features::remittance;
use easylink::services::ledger;

use crate::support::postgres::{drop_database, fresh_database};

/// The last migration before statements were imported.
pub(super) const BEFORE: &str = "2026-11-26-000025";

/// A credited, a declared and an open top-up, a credited, an open and a voided entry, and the transfer behind the first.
const FILLED: &str = "
insert into subjects (id, created_at) values (1, 0), (2, 0), (3, 0), (4, 0);
insert into people (id, public_id, subject_id, kind, address, state, created_at) values
  (1, 'P1', 1, 'customer', 'li@example.com', 'active', 0),
  (2, 'P2', 2, 'staff', 'fay@example.com', 'active', 0),
  (3, 'P3', 3, 'staff', 'finn@example.com', 'active', 0);
insert into accounts (id, subject_id, number, state, created_at) values (1, 4, 'A22222222222', 'open', 0);
insert into receiving_accounts (id, number, bank_name, holder, account_number, account_key, currency, instructions, state, proposed_by_id, opened_by_id, created_at)
  values (1, 'B22222222222', 'Bank', 'House', '1', '1', 'CNY', '', 'open', 2, 3, 0);
insert into ledger_accounts (id, code, kind, account_id, currency, balance, created_at) values
  (1, 'bank/B22222222222', 'bank', null, 'CNY', 125000, 0), (2, 'wallet/A22222222222/CNY', 'wallet', 1, 'CNY', 125000, 0);
insert into ledger_transactions (id, number, kind, object, made_by_id, at) values (1, 'L22222222222', 'credit_remittance', 'R22222222222', 3, 5);
insert into ledger_transfers (id, transaction_id, debit_id, credit_id, amount, debit_balance, credit_balance, at)
  values (1, 1, 1, 2, 125000, 125000, 125000, 5);
insert into statement_entries (id, number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, reference, bank_serial, serial_key, entered_by_id, entered_at, credited_by_id, voided_by_id, voided_at, void_reason) values
  (1, 'E22222222222', 1, '1', 'credited', 125000, '2026-11-20', BLOB, 'R22222222222', 'R22222222222', 'S1', 'S1', 2, 3, 3, null, null, null),
  (2, 'E33333333333', 1, '1', 'open', 7000, '2026-11-21', BLOB, 'rent', null, 'S2', 'S2', 2, 3, null, null, null, null),
  (3, 'E44444444444', 1, '1', 'voided', 9000, '2026-11-21', BLOB, 'typo', null, 'S3', 'S3', 2, 3, null, 2, 4, 'typo');
insert into remittances (id, number, account_id, opened_by_id, receiving_account_id, state, amount, sealed_remitter, remitted_on, statement_entry_id, confirmed_by_id, opened_at, declared_at, settled_at) values
  (1, 'R22222222222', 1, 1, 1, 'credited', 125000, BLOB, '2026-11-20', 1, 3, 1, 2, 5),
  (2, 'R33333333333', 1, 1, 1, 'declared', 7000, BLOB, '2026-11-21', null, null, 1, 2, null),
  (3, 'R44444444444', 1, 1, 1, 'open', 100, null, null, null, null, 1, null, null);
";

/// The rows, with public numbers as they are drawn and bytes as this engine writes them.
pub(super) fn rows(bytes: &str) -> String {
    let mut text = FILLED.replace("BLOB", bytes);
    for kind in "ABELR".chars() {
        for sign in "2345".chars() {
            let shape = format!("{kind}{}", sign.to_string().repeat(11));
            text = text.replace(&shape, Number::random(kind).as_str());
        }
    }
    text
}

pub(super) fn up_to<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    folder: &str,
    last: Option<&str>,
) {
    let source = FileBasedMigrations::from_path(folder).unwrap();
    for migration in conn.pending_migrations(source).unwrap() {
        conn.run_migration(&migration).unwrap();
        if last.is_some_and(|last| migration.name().to_string().starts_with(last)) {
            return;
        }
    }
}

type Kept = (i64, Option<i64>, i64, String, Option<i64>, Option<i64>);

fn holds(conn: &mut Conn) {
    let entries: Vec<(String, i64, i64, Option<i64>)> = statement_entries::table
        .order(statement_entries::id)
        .select((
            statement_entries::state,
            statement_entries::amount,
            statement_entries::allocated,
            statement_entries::booked_transaction_id,
        ))
        .load(conn)
        .unwrap();
    let (credited, open, voided) = ("credited".to_owned(), "open".to_owned(), "voided".to_owned());
    let expected = [(credited, 125_000, 125_000, Some(1)), (open, 7_000, 0, None), (voided, 9_000, 0, None)];
    assert_eq!(entries, expected);
    let top_ups: Vec<(String, i64, i64)> = remittances::table
        .order(remittances::id)
        .select((remittances::state, remittances::amount, remittances::received))
        .load(conn)
        .unwrap();
    let state = |word: &str| word.to_owned();
    assert_eq!(
        top_ups,
        [(state("credited"), 125_000, 125_000), (state("declared"), 7_000, 0), (state("open"), 100, 0)]
    );
    let kept: Vec<Kept> = allocations::table
        .select((
            allocations::entry_id,
            allocations::remittance_id,
            allocations::amount,
            allocations::why,
            allocations::transaction_id,
            allocations::allocated_by_id,
        ))
        .load(conn)
        .unwrap();
    assert_eq!(kept, [(1, Some(1), 125_000, state("confirmed"), Some(1), Some(3))]);
    assert_eq!(ledger::verify(conn).unwrap(), []);
    assert_eq!(remittance::verify(conn).unwrap(), []);
    // What was settled stays so, also after the tables were made anew.
    for change in [
        "update statement_entries set amount = 1 where id = 1",
        "update remittances set amount = 1 where id = 1",
        "update allocations set amount = 1",
        "delete from allocations",
        "delete from ledger_transactions",
        "update ledger_transfers set amount = 1",
        "insert into statement_entries (number, receiving_account_id, account_key, state, amount, booked_on, sealed_remitter, remittance_text, bank_serial, serial_key, entered_by_id, entered_at) select 'E55555555555', 1, '1', 'open', 5, '2026-11-21', sealed_remitter, '', 'S1', 'S1', 2, 3 from statement_entries where id = 1",
    ] {
        assert!(conn.batch_execute(change).is_err(), "{change}");
    }
}

#[test]
fn a_filled_database_is_carried_over_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db").display().to_string();
    let mut conn = SqliteConnection::establish(&path).unwrap();
    conn.batch_execute("pragma foreign_keys = on").unwrap();
    up_to(&mut conn, "migrations/sqlite", Some(BEFORE));
    conn.batch_execute(&rows("x'01'")).unwrap();
    up_to(&mut conn, "migrations/sqlite", None);
    let mut conn = Conn::Sqlite(conn);
    conn.batch_execute("pragma foreign_key_check").unwrap();
    holds(&mut conn);
}

#[test]
fn a_filled_database_is_carried_over_on_postgresql() {
    let url = fresh_database("template0");
    let mut conn = PgConnection::establish(&url).unwrap();
    up_to(&mut conn, "migrations/postgresql", Some(BEFORE));
    conn.batch_execute(&rows("'\\x01'")).unwrap();
    for table in
        ["subjects", "people", "accounts", "receiving_accounts", "ledger_accounts", "statement_entries", "remittances"]
    {
        conn.batch_execute(&format!(
            "select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
        ))
        .unwrap();
    }
    up_to(&mut conn, "migrations/postgresql", None);
    let mut conn = Conn::Pg(conn);
    holds(&mut conn);
    drop(conn);
    drop_database(&url);
}
