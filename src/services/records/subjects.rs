//! One key for each subject: what is kept about somebody for long is sealed under it and erased with it.

use diesel::prelude::*;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, subjects};
use crate::base::types::Moment;

const PLACE: &str = "subjects.sealed_key";

/// Makes a subject with a fresh key and answers its id.
pub fn new_subject(conn: &mut Conn, keys: &Keys, now: Moment) -> QueryResult<i64> {
    let id: i64 = diesel::insert_into(subjects::table)
        .values(subjects::created_at.eq(now))
        .returning(subjects::id)
        .get_result(conn)?;
    let key: [u8; 32] = chance::bytes();
    let sealed = keys.seal(PLACE, &id.to_string(), &key);
    diesel::update(subjects::table.find(id)).set(subjects::sealed_key.eq(Some(sealed))).execute(conn)?;
    Ok(id)
}

/// The key of a subject; `None` after erasure.
pub fn subject_key(conn: &mut Conn, keys: &Keys, subject_id: i64) -> QueryResult<Option<[u8; 32]>> {
    existing_subject_key(conn, keys, subject_id)
}

pub(super) fn existing_subject_key(conn: &mut Conn, keys: &Keys, subject_id: i64) -> QueryResult<Option<[u8; 32]>> {
    let sealed: Option<Vec<u8>> =
        subjects::table.find(subject_id).select(subjects::sealed_key).first(conn).optional()?.flatten();
    Ok(sealed
        .and_then(|sealed| keys.open_sealed(PLACE, &subject_id.to_string(), &sealed).ok())
        .and_then(|key| key.as_slice().try_into().ok()))
}

pub(super) fn subject_of_account(conn: &mut Conn, account_id: i64) -> QueryResult<i64> {
    accounts::table.find(account_id).select(accounts::subject_id).first(conn)
}
