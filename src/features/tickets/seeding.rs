//! Work orders for a demo company: the same code that the pages run on, with people of its own instead of a visit.

use jiff::tz::TimeZone;

pub use super::actor::{Asker, Helper};
use super::conversation::moves::{self, Said};
pub use super::opening::forms::NewTicket;
pub use super::opening::open;
use super::queries::{take, take_as_staff};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::web::Error;

/// A member of the account asks on.
pub fn ask_on(conn: &mut Conn, asker: &impl Asker, number: &Number, text: &str, zone: &TimeZone) -> Result<(), Error> {
    let ticket = take(conn, asker, number)?;
    moves::reply_as_customer(conn, asker, &ticket, &Said { text, files: &[] }, zone)
}

/// Support answers.
pub fn answer(conn: &mut Conn, helper: &impl Helper, number: &Number, text: &str) -> Result<(), Error> {
    let ticket = take_as_staff(conn, helper, number)?;
    moves::reply_as_staff(conn, helper, &ticket, &Said { text, files: &[] })
}

/// Writes a note that staff alone see.
pub fn note(conn: &mut Conn, helper: &impl Helper, number: &Number, text: &str) -> Result<(), Error> {
    let ticket = take_as_staff(conn, helper, number)?;
    moves::note(conn, helper, &ticket, text)
}

/// Takes a work order upon oneself.
pub fn take_on(conn: &mut Conn, helper: &impl Helper, number: &Number) -> Result<(), Error> {
    let ticket = take_as_staff(conn, helper, number)?;
    moves::assign(conn, helper, &ticket, helper.person_id())
}

/// Resolves as support.
pub fn resolve(conn: &mut Conn, helper: &impl Helper, number: &Number) -> Result<(), Error> {
    let ticket = take_as_staff(conn, helper, number)?;
    moves::resolve(conn, helper, &ticket)
}

/// Closes as a member of the account.
pub fn close(conn: &mut Conn, asker: &impl Asker, number: &Number) -> Result<(), Error> {
    let ticket = take(conn, asker, number)?;
    moves::close(conn, asker, &ticket)
}
