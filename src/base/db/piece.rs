//! One transaction around one closure; inside the writer's batch it is a savepoint.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{Conn, End, Fault};

type Manager = <Conn as Connection>::TransactionManager;

/// Begins, runs `f`, commits or rolls back. A panic rolls back to the depth of before, also out of inner transactions.
pub(super) fn piece<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> End<T>) -> Result<T, Fault> {
    let before = depth(conn);
    Manager::begin_transaction(conn).map_err(lost)?;
    finish(conn, before, f)
}

/// A read-only transaction: every statement sees the same state.
pub(super) fn snapshot<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> T) -> Result<T, Fault> {
    match conn {
        Conn::Pg(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
    }
    .map_err(lost)?;
    finish(conn, Some(0), |conn| End::Undo(f(conn)))
}

/// Takes SQLite's write lock at once, so that a batch never fails half-way for it.
pub(super) fn begin_immediate(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Pg(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
    }
    .map_err(lost)
}

pub(super) fn commit(conn: &mut Conn) -> Result<(), Fault> {
    Manager::commit_transaction(conn).map_err(lost)
}

/// How many transactions are open; `None` when the connection is broken.
pub(super) fn depth(conn: &mut Conn) -> Option<u32> {
    let status = Manager::transaction_manager_status_mut(conn);
    status.transaction_depth().ok().map(|depth| depth.map_or(0, std::num::NonZeroU32::get))
}

fn finish<T>(conn: &mut Conn, before: Option<u32>, f: impl FnOnce(&mut Conn) -> End<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(|| f(conn))) {
        Ok(End::Keep(answer)) => match Manager::commit_transaction(conn) {
            Ok(()) => Ok(answer),
            Err(fault) => {
                roll_back_to(conn, before);
                Err(lost(fault))
            }
        },
        Ok(End::Undo(answer)) => {
            roll_back_to(conn, before);
            Ok(answer)
        }
        Err(_) => {
            roll_back_to(conn, before);
            Err(Fault::Panicked)
        }
    }
}

fn roll_back_to(conn: &mut Conn, before: Option<u32>) {
    let before = before.unwrap_or(0);
    while depth(conn).is_some_and(|now| now > before) {
        if Manager::rollback_transaction(conn).is_err() {
            break;
        }
    }
}

fn lost(fault: diesel::result::Error) -> Fault {
    Fault::Lost(fault.to_string())
}
