//! One key for each subject: what is kept about somebody for long is sealed under it and erased with it.

use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use super::queries;
use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Moment;

const PLACE: &str = "subjects.sealed_key";

/// Makes a subject with a fresh key and answers its id.
pub fn new_subject(conn: &mut Conn, keys: &Keys, now: Moment) -> QueryResult<i64> {
    let id = queries::insert_subject(conn, now)?;
    let key: [u8; 32] = chance::bytes();
    queries::set_subject_key(conn, id, keys.seal(PLACE, &id.to_string(), &key))?;
    Ok(id)
}

/// The key of a subject; `None` after erasure.
pub(super) fn subject_key(conn: &mut Conn, keys: &Keys, subject_id: i64) -> QueryResult<Option<[u8; 32]>> {
    let sealed = queries::sealed_subject_key(conn, subject_id)?;
    Ok(opened(keys, subject_id, sealed))
}

/// The keys of several subjects, without those that were erased.
pub(super) fn subject_keys(
    conn: &mut Conn,
    keys: &Keys,
    subjects: BTreeSet<i64>,
) -> QueryResult<HashMap<i64, [u8; 32]>> {
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    let sealed = queries::sealed_subject_keys(conn, &subjects)?;
    Ok(sealed.into_iter().filter_map(|(id, sealed)| Some((id, opened(keys, id, Some(sealed))?))).collect())
}

/// The subject of an account, and its key.
pub(super) fn subject_of_account(
    conn: &mut Conn,
    keys: &Keys,
    account_id: i64,
) -> QueryResult<(i64, Option<[u8; 32]>)> {
    let (subject_id, sealed) = queries::sealed_key_of_account(conn, account_id)?;
    Ok((subject_id, opened(keys, subject_id, sealed)))
}

fn opened(keys: &Keys, subject_id: i64, sealed: Option<Vec<u8>>) -> Option<[u8; 32]> {
    let key = keys.open_sealed(PLACE, &subject_id.to_string(), &sealed?).ok()?;
    key.as_slice().try_into().ok()
}
