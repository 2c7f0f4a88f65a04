//! The sessions of one person.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::sessions;
use crate::base::types::Moment;
use crate::web::session::Device;

/// The sessions that were not ended.
pub(in crate::web) fn devices(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<Device>> {
    sessions::table
        .filter(sessions::person_id.eq(person_id))
        .filter(sessions::ended_at.is_null())
        .select((
            sessions::id,
            sessions::public_id,
            sessions::device,
            sessions::network,
            sessions::remembered,
            sessions::signed_in_at,
            sessions::seen_at,
        ))
        .load(conn)
}

/// Ends the one of this name; what it was.
pub(in crate::web) fn end_named(
    conn: &mut Conn,
    person_id: i64,
    public_id: &str,
    now: Moment,
) -> QueryResult<Option<(i64, String)>> {
    diesel::update(
        sessions::table
            .filter(sessions::person_id.eq(person_id))
            .filter(sessions::public_id.eq(public_id))
            .filter(sessions::ended_at.is_null()),
    )
    .set(sessions::ended_at.eq(Some(now)))
    .returning((sessions::id, sessions::device))
    .get_result(conn)
    .optional()
}

/// When the newest was opened.
pub(in crate::web) fn last_sign_in(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Moment>> {
    sessions::table
        .filter(sessions::person_id.eq(person_id))
        .order(sessions::id.desc())
        .select(sessions::signed_in_at)
        .first(conn)
        .optional()
}

/// Whether one was opened since then, from this network and device.
pub(in crate::web) fn came_in(
    conn: &mut Conn,
    person_id: i64,
    since: Moment,
    network: &str,
    device: &str,
) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        sessions::table
            .filter(sessions::person_id.eq(person_id))
            .filter(sessions::signed_in_at.ge(since))
            .filter(sessions::network.eq(network))
            .filter(sessions::device.eq(device)),
    ))
    .get_result(conn)
}
