//! One key for each subject: what is kept about somebody for long is sealed under it and erased with it.

use diesel::prelude::*;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, subjects};
use crate::base::types::Moment;
use crate::each;

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
    let asked = subjects::table.find(subject_id).select(subjects::sealed_key);
    let sealed: Option<Vec<u8>> = each!(conn, c => asked.get_result(c).optional())?.flatten();
    Ok(opened(keys, subject_id, sealed))
}

/// The subject of an account, and its key.
pub(super) fn subject_of_account(
    conn: &mut Conn,
    keys: &Keys,
    account_id: i64,
) -> QueryResult<(i64, Option<[u8; 32]>)> {
    let asked = accounts::table
        .inner_join(subjects::table)
        .filter(accounts::id.eq(account_id))
        .select((subjects::id, subjects::sealed_key));
    let (subject_id, sealed): (i64, Option<Vec<u8>>) = each!(conn, c => asked.get_result(c))?;
    Ok((subject_id, opened(keys, subject_id, sealed)))
}

fn opened(keys: &Keys, subject_id: i64, sealed: Option<Vec<u8>>) -> Option<[u8; 32]> {
    let key = keys.open_sealed(PLACE, &subject_id.to_string(), &sealed?).ok()?;
    key.as_slice().try_into().ok()
}
