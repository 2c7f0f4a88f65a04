//! Attached files.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{ticket_entries, ticket_files, tickets};
use crate::base::types::{Moment, Number};
use crate::features::accounts::Customer;
use crate::features::staff::Officer;
use crate::features::tickets::model::EntryKind;
use crate::services::storage::Kind;
use crate::web::uploads::Upload;

/// A file of an entry.
#[derive(Debug, Clone)]
pub(in crate::features::tickets) struct Attached {
    pub entry_id: i64,
    pub number: Number,
    pub name: String,
    pub kind: Kind,
    pub bytes: u64,
    pub storage_key: String,
}

type Row = (i64, Number, String, String, i64, String);

type Columns = (
    ticket_files::ticket_entry_id,
    ticket_files::number,
    ticket_files::file_name,
    ticket_files::media_kind,
    ticket_files::size,
    ticket_files::storage_key,
);

const COLUMNS: Columns = (
    ticket_files::ticket_entry_id,
    ticket_files::number,
    ticket_files::file_name,
    ticket_files::media_kind,
    ticket_files::size,
    ticket_files::storage_key,
);

fn attached((entry_id, number, name, media_kind, size, storage_key): Row) -> QueryResult<Attached> {
    let kind = Kind::from_media_type(&media_kind)
        .ok_or_else(|| diesel::result::Error::DeserializationError(format!("no kind {media_kind}").into()))?;
    Ok(Attached { entry_id, number, name, kind, bytes: size.unsigned_abs(), storage_key })
}

/// All files of a work order, oldest first.
pub(in crate::features::tickets) fn of_ticket(conn: &mut Conn, ticket_id: i64) -> QueryResult<Vec<Attached>> {
    ticket_files::table
        .filter(ticket_files::ticket_id.eq(ticket_id))
        .order(ticket_files::id)
        .select(COLUMNS)
        .load::<Row>(conn)?
        .into_iter()
        .map(attached)
        .collect()
}

/// Makes uploads that were adopted part of an entry.
pub(in crate::features::tickets) fn attach(
    conn: &mut Conn,
    ticket_id: i64,
    entry_id: i64,
    uploads: &[Upload],
    now: Moment,
) -> QueryResult<()> {
    for upload in uploads {
        diesel::insert_into(ticket_files::table)
            .values((
                ticket_files::number.eq(Number::random('F')),
                ticket_files::ticket_id.eq(ticket_id),
                ticket_files::ticket_entry_id.eq(entry_id),
                ticket_files::file_name.eq(&upload.file_name),
                ticket_files::media_kind.eq(&upload.media_kind),
                ticket_files::size.eq(upload.size),
                ticket_files::storage_key.eq(&upload.storage_key),
                ticket_files::at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// A file that members of the account may read: never one of a note.
pub(super) fn of_customer(
    conn: &mut Conn,
    customer: &Customer,
    ticket: &Number,
    file: &Number,
) -> QueryResult<Attached> {
    ticket_files::table
        .inner_join(tickets::table)
        .inner_join(ticket_entries::table)
        .filter(ticket_files::number.eq(file))
        .filter(tickets::number.eq(ticket))
        .filter(tickets::account_id.eq(customer.account_id()))
        .filter(ticket_entries::kind.ne(EntryKind::Note))
        .select(COLUMNS)
        .first::<Row>(conn)
        .and_then(attached)
}

/// A file that support may read, and whose it is.
pub(super) fn of_staff(conn: &mut Conn, _: &Officer, ticket: &Number, file: &Number) -> QueryResult<(i64, Attached)> {
    let (account_id, row): (i64, Row) = ticket_files::table
        .inner_join(tickets::table)
        .filter(ticket_files::number.eq(file))
        .filter(tickets::number.eq(ticket))
        .select((tickets::account_id, COLUMNS))
        .first(conn)?;
    Ok((account_id, attached(row)?))
}

/// Which of these files are attached to something.
pub(in crate::features::tickets) fn holds(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<String>> {
    ticket_files::table.filter(ticket_files::storage_key.eq_any(keys)).select(ticket_files::storage_key).load(conn)
}
