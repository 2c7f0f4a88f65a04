//! Work orders for a demo company and for tests: the same code that the pages run on, with ids instead of a visit.
//! The author of the context is whoever speaks: a member of the account, or a member of support.

use jiff::tz::TimeZone;

use super::conversation::moves::{self, Said};
use super::opening;
pub use super::opening::forms::NewTicket;
use super::queries::held;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::services::context::{AuthorKind, Context};
use crate::web::Error;
use crate::web::uploads::Upload;

/// Opens a work order for an account by one of its members, with files that lie in the storage already.
pub fn open(
    conn: &mut Conn,
    ctx: &Context,
    (account_id, person_id): (i64, i64),
    new: &NewTicket,
    files: &[Upload],
    zone: &TimeZone,
) -> Result<Number, Error> {
    opening::open(conn, ctx, (account_id, person_id), new, files, zone)
}

/// Replies as the author of the context: a customer asks on, support answers.
pub fn reply(
    conn: &mut Conn,
    ctx: &Context,
    number: &Number,
    text: &str,
    files: &[Upload],
    zone: &TimeZone,
) -> Result<(), Error> {
    let ticket = held(conn, number)?;
    let said = Said { text, files };
    match ctx.author.kind {
        AuthorKind::Staff => moves::reply_as_staff(conn, ctx, &ticket, &said),
        _ => moves::reply_as_customer(conn, ctx, &ticket, &said, zone),
    }
}

/// Writes a note that staff alone see.
pub fn note(conn: &mut Conn, ctx: &Context, number: &Number, text: &str) -> Result<(), Error> {
    let ticket = held(conn, number)?;
    moves::note(conn, ctx, &ticket, text)
}

/// Gives a work order to a member of support.
pub fn assign(conn: &mut Conn, ctx: &Context, number: &Number, person_id: i64) -> Result<(), Error> {
    let ticket = held(conn, number)?;
    moves::assign(conn, ctx, &ticket, person_id)
}

/// Resolves as support.
pub fn resolve(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Error> {
    let ticket = held(conn, number)?;
    moves::resolve(conn, ctx, &ticket)
}

/// Closes as a member of the account.
pub fn close(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Error> {
    let ticket = held(conn, number)?;
    moves::close(conn, ctx, &ticket)
}
