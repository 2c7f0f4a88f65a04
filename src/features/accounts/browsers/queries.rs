//! Known browsers in the database.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{known_browsers, trusted_browsers};
use crate::base::types::{Moment, Number};
use crate::services::context::Context;

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
pub(super) fn forget_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
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

pub(super) fn insert_trusted(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    hash: &[u8],
    until: Moment,
) -> QueryResult<()> {
    diesel::insert_into(trusted_browsers::table)
        .values((
            trusted_browsers::public_id.eq(Number::random('S')),
            trusted_browsers::person_id.eq(person_id),
            trusted_browsers::token_hash.eq(hash),
            trusted_browsers::network.eq(&*ctx.network),
            trusted_browsers::device.eq(&*ctx.device),
            trusted_browsers::created_at.eq(ctx.now),
            trusted_browsers::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn is_trusted(conn: &mut Conn, person_id: i64, hash: &[u8], now: Moment) -> QueryResult<bool> {
    let own = trusted_browsers::table
        .filter(trusted_browsers::token_hash.eq(hash))
        .filter(trusted_browsers::person_id.eq(person_id))
        .filter(trusted_browsers::expires_at.gt(now));
    diesel::select(diesel::dsl::exists(own)).get_result(conn)
}

/// A trusted browser, as its owner sees it.
#[derive(Debug, Clone, Queryable)]
pub(in crate::features::accounts) struct Trusted {
    /// Names it in addresses.
    pub public_id: String,
    /// Browser and system.
    pub name: String,
    /// Truncated network.
    pub network: String,
    /// Since when, UTC.
    pub since: Moment,
    /// Until when, UTC.
    pub until: Moment,
}

/// The browsers that a person trusts now, newest first.
pub(in crate::features::accounts) fn trusted_list(
    conn: &mut Conn,
    person_id: i64,
    now: Moment,
) -> QueryResult<Vec<Trusted>> {
    trusted_browsers::table
        .filter(trusted_browsers::person_id.eq(person_id))
        .filter(trusted_browsers::expires_at.gt(now))
        .order(trusted_browsers::id.desc())
        .limit(100)
        .select((
            trusted_browsers::public_id,
            trusted_browsers::device,
            trusted_browsers::network,
            trusted_browsers::created_at,
            trusted_browsers::expires_at,
        ))
        .load(conn)
}

/// Takes back the trust in one browser of a person; answers its device, or nothing when there is none.
pub(in crate::features::accounts) fn distrust(
    conn: &mut Conn,
    person_id: i64,
    public_id: &str,
) -> QueryResult<Option<String>> {
    let own = trusted_browsers::table
        .filter(trusted_browsers::public_id.eq(public_id))
        .filter(trusted_browsers::person_id.eq(person_id));
    diesel::delete(own).returning(trusted_browsers::device).get_result(conn).optional()
}

/// Takes back the trust in every browser of a person.
pub(in crate::features::accounts) fn distrust_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    diesel::delete(trusted_browsers::table.filter(trusted_browsers::person_id.eq(person_id))).execute(conn)
}

/// Deletes those whose time is over, at most `most`.
pub(in crate::features::accounts) fn sweep_trusted(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = trusted_browsers::table
        .filter(trusted_browsers::expires_at.le(now))
        .order(trusted_browsers::expires_at)
        .limit(most)
        .select(trusted_browsers::id)
        .load(conn)?;
    diesel::delete(trusted_browsers::table.filter(trusted_browsers::id.eq_any(over))).execute(conn)
}
