//! Known browsers (A2): one that passed a mailed code is known for 30 days, also after sign-out.

mod queries;

pub(super) use queries::{forget_all, sweep};

use std::time::Duration;

use diesel::QueryResult;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::cookies;

/// The id of the caller's browser when it is one that this person's code was given in.
pub fn known(conn: &mut Conn, asked: &Asked, person_id: i64) -> QueryResult<Option<i64>> {
    let Some(token) = &asked.jar.browser else { return Ok(None) };
    for hash in asked.context.keys.hashes("browser", &[token.as_bytes()]) {
        if let Some(id) = queries::find(conn, person_id, &hash, asked.context.now)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Makes the caller's browser known and answers the cookie's value. Always a new one: a value that somebody planted
/// must not become known.
pub fn learn(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<String> {
    let token = chance::text(32, b"abcdefghijkmnpqrstuvwxyz23456789");
    let until = ctx.now.plus(Duration::from_secs(cookies::BROWSER.seconds.unsigned_abs()));
    queries::insert(conn, person_id, &hash_of(&ctx.keys, &token), ctx.now, until)?;
    Ok(token)
}

fn hash_of(keys: &Keys, token: &str) -> [u8; 32] {
    keys.hash("browser", &[token.as_bytes()])
}
