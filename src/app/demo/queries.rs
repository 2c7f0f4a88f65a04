//! What the demo asks of tables that belong to no room.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{mails, people};
use crate::base::types::Moment;
use crate::services::mail::MailState;

/// Whether nobody has ever been here.
pub(super) fn is_empty(conn: &mut Conn) -> QueryResult<bool> {
    let anybody: Option<i64> = people::table.select(people::id).first(conn).optional()?;
    Ok(anybody.is_none())
}

/// Marks the mails of the company's past as sent.
pub(super) fn mails_are_sent(conn: &mut Conn, now: Moment) -> QueryResult<()> {
    diesel::update(mails::table.filter(mails::state.eq(MailState::Queued)))
        .set((mails::state.eq(MailState::Sent), mails::sent_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}
