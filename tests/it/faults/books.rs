//! What must be in the database after any end of the program: all that was acknowledged, and nothing by halves.

use std::collections::BTreeSet;

use diesel::dsl::count_star;
use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::{
    ledger_transactions, mails, records, remittances, statement_entries, submissions, ticket_entries, tickets,
};
use easylink::services::ledger;

/// A change that somebody asked for, named by what is unique to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A work order of this subject was opened.
    Opened(String),
    /// A reply of this text was written.
    Replied(String),
    /// The transfer of the top-up with this reference was declared.
    Declared(String),
    /// A line with this serial number was entered from the bank's statement.
    Entered(String),
    /// The top-up with this reference was credited.
    Credited(String),
}

/// How often a change was made.
pub fn times(conn: &mut Conn, change: &Change) -> i64 {
    match change {
        Change::Opened(subject) => tickets::table.filter(tickets::subject.eq(subject)).count().get_result(conn),
        Change::Replied(text) => ticket_entries::table.filter(ticket_entries::body.eq(text)).count().get_result(conn),
        Change::Declared(number) => remittances::table
            .filter(remittances::number.eq(number))
            .filter(remittances::declared_at.is_not_null())
            .count()
            .get_result(conn),
        Change::Entered(serial) => {
            statement_entries::table.filter(statement_entries::bank_serial.eq(serial)).count().get_result(conn)
        }
        Change::Credited(number) => {
            ledger_transactions::table.filter(ledger_transactions::object.eq(number)).count().get_result(conn)
        }
    }
    .unwrap()
}

/// Panics where something was done by halves.
pub fn whole(conn: &mut Conn) {
    assert_eq!(ledger::verify(conn).unwrap(), Vec::new());
    assert_eq!(easylink::features::remittance::verify(conn).unwrap(), Vec::new());

    // A work order, its first entry, its record and its receipt.
    let opened = texts(tickets::table.select(tickets::number).load(conn));
    let with_entry = texts(tickets::table.inner_join(ticket_entries::table).select(tickets::number).load(conn));
    assert_eq!(opened, with_entry, "work orders without a message");
    assert_eq!(opened, recorded(conn, "ticket_opened"), "work orders and their records");
    assert_eq!(sent(conn, "ticket_opened"), length(&opened), "work orders and their receipts");

    // A reply, its record, and the mail to the customer when staff wrote it.
    let replies = |side: &'static str| {
        ticket_entries::table
            .filter(ticket_entries::kind.eq("reply"))
            .filter(ticket_entries::side.eq(side))
            .select(count_star())
    };
    let (theirs, ours): (i64, i64) =
        (replies("customer").get_result(conn).unwrap(), replies("staff").get_result(conn).unwrap());
    let answers: i64 = records::table.filter(records::event.eq("ticket_replied")).count().get_result(conn).unwrap();
    assert_eq!(theirs - length(&opened) + ours, answers, "replies and their records");
    assert_eq!(sent(conn, "ticket_replied"), ours, "replies of staff and their mails");

    // A declaration and its record; a credit, its statement line, its posting, its record and its mail.
    let declared = remittances::table.filter(remittances::declared_at.is_not_null()).select(remittances::number);
    assert_eq!(texts(declared.load(conn)), recorded(conn, "remittance_declared"), "declarations and their records");
    let credited = remittances::table.filter(remittances::state.eq("credited"));
    let credited = texts(credited.select(remittances::number).load(conn));
    let posted: Vec<Option<String>> = ledger_transactions::table
        .filter(ledger_transactions::kind.eq("credit_remittance"))
        .select(ledger_transactions::object)
        .load(conn)
        .unwrap();
    assert_eq!(length(&credited), i64::try_from(posted.len()).unwrap(), "credits and postings");
    assert_eq!(credited, posted.into_iter().flatten().collect(), "credits and postings");
    assert_eq!(credited, recorded(conn, "remittance_credited"), "credits and their records");
    assert_eq!(sent(conn, "remittance_credited"), length(&credited), "credits and their mails");
    let lines = statement_entries::table.filter(statement_entries::state.eq("credited")).count();
    assert_eq!(lines.get_result(conn), Ok(length(&credited)), "credits and lines of the statement");

    // A form that was taken leads somewhere.
    let nowhere = submissions::table.filter(submissions::location.is_null()).count();
    assert_eq!(nowhere.get_result(conn), Ok(0_i64), "forms that were half taken");
}

fn texts(found: QueryResult<Vec<String>>) -> BTreeSet<String> {
    found.unwrap().into_iter().collect()
}

fn recorded(conn: &mut Conn, event: &str) -> BTreeSet<String> {
    let objects = records::table.filter(records::event.eq(event)).select(records::object).load(conn);
    let objects: Vec<Option<String>> = objects.unwrap();
    let count = objects.len();
    let objects: BTreeSet<String> = objects.into_iter().flatten().collect();
    assert_eq!(objects.len(), count, "`{event}` was recorded twice for one object");
    objects
}

/// How many mails of this kind were written.
fn sent(conn: &mut Conn, kind: &str) -> i64 {
    mails::table.filter(mails::kind.eq(kind)).count().get_result(conn).unwrap()
}

fn length(set: &BTreeSet<String>) -> i64 {
    i64::try_from(set.len()).unwrap()
}
