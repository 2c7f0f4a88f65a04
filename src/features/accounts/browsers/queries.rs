//! Known browsers in the database.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::known_browsers;
use crate::base::types::Moment;

pub(super) fn find(conn: &mut Conn, person_id: i64, hash: &[u8], now: Moment) -> QueryResult<Option<i64>> {
    known_browsers::table
        .filter(known_browsers::token_hash.eq(hash))
        .filter(known_browsers::person_id.eq(person_id))
        .filter(known_browsers::expires_at.gt(now))
        .select(known_browsers::id)
        .first(conn)
        .optional()
}

pub(super) fn insert(conn: &mut Conn, person_id: i64, hash: &[u8], now: Moment, until: Moment) -> QueryResult<()> {
    diesel::insert_into(known_browsers::table)
        .values((
            known_browsers::person_id.eq(person_id),
            known_browsers::token_hash.eq(hash),
            known_browsers::created_at.eq(now),
            known_browsers::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets every browser of a person.
pub(in crate::features::accounts) fn forget_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    diesel::delete(known_browsers::table.filter(known_browsers::person_id.eq(person_id))).execute(conn)
}

/// Deletes those whose time is over, at most `most`.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = known_browsers::table
        .filter(known_browsers::expires_at.le(now))
        .order(known_browsers::expires_at)
        .limit(most)
        .select(known_browsers::id)
        .load(conn)?;
    diesel::delete(known_browsers::table.filter(known_browsers::id.eq_any(over))).execute(conn)
}
