//! Known browsers (A2): one that passed a mailed code is known for 30 days, also after sign-out. Of them some are trusted
//! (C2): the second factor is not asked again there after the password, for 30 days, until the password, the factor or the
//! trust is taken back.

mod queries;

pub(super) use queries::{Trusted, distrust, distrust_all, sweep, sweep_trusted, trusted_list};

use std::time::Duration;

use diesel::QueryResult;

use crate::base::chance;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Moment;
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
    queries::insert(conn, person_id, &hash_of(&ctx.keys, &token), ctx.now, until(ctx))?;
    Ok(token)
}

/// Trusts the browser that was just learned under this token.
pub(super) fn trust(conn: &mut Conn, ctx: &Context, person_id: i64, token: &str) -> QueryResult<()> {
    let hash = ctx.keys.hash("trusted-browser", &[token.as_bytes()]);
    queries::insert_trusted(conn, ctx, person_id, &hash, until(ctx))
}

/// Whether the caller's browser is trusted with this person's second factor.
pub(super) fn trusted(conn: &mut Conn, asked: &Asked, person_id: i64) -> QueryResult<bool> {
    let Some(token) = &asked.jar.browser else { return Ok(false) };
    for hash in asked.context.keys.hashes("trusted-browser", &[token.as_bytes()]) {
        if queries::is_trusted(conn, person_id, &hash, asked.context.now)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets every browser of a person, trusted ones too.
pub(super) fn forget_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    distrust_all(conn, person_id)?;
    queries::forget_all(conn, person_id)
}

fn until(ctx: &Context) -> Moment {
    ctx.now.plus(Duration::from_secs(cookies::BROWSER.seconds.unsigned_abs()))
}

fn hash_of(keys: &Keys, token: &str) -> [u8; 32] {
    keys.hash("browser", &[token.as_bytes()])
}
