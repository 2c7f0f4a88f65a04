//! The staff's second step.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{people, totp_factors};
use crate::base::types::Number;
use crate::features::staff::totp::TotpSecret;
use crate::services::context::Context;

/// The public number of a person.
pub(super) fn number_of(conn: &mut Conn, person_id: i64) -> QueryResult<Number> {
    people::table.find(person_id).select(people::public_id).first(conn)
}

/// Uses the code of a person up; false when it is wrong or was used. A step of RFC 6238 works once, also for two that
/// come at once and after a restart: the update takes it only from a lower one.
pub(super) fn use_code(conn: &mut Conn, ctx: &Context, person_id: i64, code: &str) -> QueryResult<bool> {
    let confirmed = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_not_null());
    let sealed: Option<Vec<u8>> = confirmed.select(totp_factors::sealed_secret).first(conn).optional()?;
    let secret = sealed.and_then(|sealed| TotpSecret::open(&ctx.keys, person_id, &sealed));
    let Some(step) = secret.and_then(|secret| secret.step_of(code, ctx.now)) else { return Ok(false) };
    let fresh =
        totp_factors::table.filter(totp_factors::person_id.eq(person_id)).filter(totp_factors::last_step.lt(step));
    Ok(diesel::update(fresh).set(totp_factors::last_step.eq(step)).execute(conn)? == 1)
}
