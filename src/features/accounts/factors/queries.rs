//! Second factors and recovery codes in the database.

use diesel::prelude::*;

use super::codes;
use super::model::{Factor, PENDING, SHOWN};
use super::totp::TotpSecret;
use crate::base::db::Conn;
use crate::base::db::schema::{recovery_codes, totp_factors};
use crate::base::types::Moment;
use crate::services::context::Context;

/// Where the recovery codes of a new set are sealed.
const PLACE: &str = "totp_factors.sealed_codes";

/// Whether a sign-in of this person asks for a second factor.
pub fn is_on(conn: &mut Conn, person_id: i64) -> QueryResult<bool> {
    let on = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_not_null());
    diesel::select(diesel::dsl::exists(on)).get_result(conn)
}

/// What is on, and how many recovery codes are left.
pub(in crate::features::accounts) fn state(conn: &mut Conn, person_id: i64) -> QueryResult<Factor> {
    let since: Option<Option<Moment>> = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .select(totp_factors::confirmed_at)
        .first(conn)
        .optional()?;
    let codes_left = recovery_codes::table
        .filter(recovery_codes::person_id.eq(person_id))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(Factor { on_since: since.flatten(), codes_left })
}

/// Gives a person this factor, on from now, in place of any other. `step` is the last step of RFC 6238 that was used;
/// none before it, nor itself, works again. Recovery codes of another factor are gone.
pub fn set(conn: &mut Conn, ctx: &Context, person_id: i64, secret: &TotpSecret, step: i64) -> QueryResult<()> {
    put(conn, ctx, person_id, secret, step, Some(ctx.now))
}

/// Keeps a drawn secret until a code confirms it, in place of an earlier one that none confirmed; false when the person has
/// a factor already.
pub(super) fn keep_pending(conn: &mut Conn, ctx: &Context, person_id: i64, secret: &TotpSecret) -> QueryResult<bool> {
    if is_on(conn, person_id)? {
        return Ok(false);
    }
    put(conn, ctx, person_id, secret, 0, None)?;
    Ok(true)
}

fn put(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    secret: &TotpSecret,
    step: i64,
    confirmed: Option<Moment>,
) -> QueryResult<()> {
    remove(conn, person_id)?;
    diesel::insert_into(totp_factors::table)
        .values((
            totp_factors::person_id.eq(person_id),
            totp_factors::sealed_secret.eq(secret.seal(&ctx.keys, person_id)),
            totp_factors::confirmed_at.eq(confirmed),
            totp_factors::last_step.eq(step),
            totp_factors::created_at.eq(ctx.now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The secret that waits for its first code.
pub(super) fn pending(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<Option<TotpSecret>> {
    let sealed: Option<Vec<u8>> = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_null())
        .filter(totp_factors::created_at.gt(ctx.now.minus(PENDING)))
        .select(totp_factors::sealed_secret)
        .first(conn)
        .optional()?;
    Ok(sealed.and_then(|sealed| TotpSecret::open(&ctx.keys, person_id, &sealed)))
}

/// Confirms the secret that waits, by the code of this step; false when it no longer waits.
pub(super) fn confirm(conn: &mut Conn, ctx: &Context, person_id: i64, step: i64) -> QueryResult<bool> {
    let waiting =
        totp_factors::table.filter(totp_factors::person_id.eq(person_id)).filter(totp_factors::confirmed_at.is_null());
    let changed = diesel::update(waiting)
        .set((totp_factors::confirmed_at.eq(Some(ctx.now)), totp_factors::last_step.eq(step)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The secret of the factor that is on.
pub(super) fn secret(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<Option<TotpSecret>> {
    let sealed: Option<Vec<u8>> = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_not_null())
        .select(totp_factors::sealed_secret)
        .first(conn)
        .optional()?;
    Ok(sealed.and_then(|sealed| TotpSecret::open(&ctx.keys, person_id, &sealed)))
}

/// Uses the code of a person up; false when it is wrong or was used. A step works once, also for two that come at once:
/// the update takes it only from a lower one.
pub(super) fn use_step(conn: &mut Conn, ctx: &Context, person_id: i64, typed: &str) -> QueryResult<bool> {
    let secret = secret(conn, ctx, person_id)?;
    let Some(step) = secret.and_then(|secret| secret.step_of(typed, ctx.now)) else { return Ok(false) };
    let fresh = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_not_null())
        .filter(totp_factors::last_step.lt(step));
    let used = (totp_factors::last_step.eq(step), totp_factors::last_used_at.eq(Some(ctx.now)));
    Ok(diesel::update(fresh).set(used).execute(conn)? == 1)
}

/// When a person's factor was switched on and last used.
pub(super) struct LastUse {
    pub person_id: i64,
    pub on: Moment,
    /// The step of RFC 6238 of the last code.
    pub step: i64,
    /// When it was typed; none of what was used before this was kept.
    pub at: Option<Moment>,
}

/// The last uses of these people's factors.
pub(super) fn last_uses(conn: &mut Conn, people: &[i64]) -> QueryResult<Vec<LastUse>> {
    let rows: Vec<(i64, Option<Moment>, i64, Option<Moment>)> = totp_factors::table
        .filter(totp_factors::person_id.eq_any(people))
        .filter(totp_factors::confirmed_at.is_not_null())
        .select((
            totp_factors::person_id,
            totp_factors::confirmed_at,
            totp_factors::last_step,
            totp_factors::last_used_at,
        ))
        .load(conn)?;
    let of = |(person_id, on, step, at): (i64, Option<Moment>, i64, Option<Moment>)| {
        Some(LastUse { person_id, on: on?, step, at })
    };
    Ok(rows.into_iter().filter_map(of).collect())
}

/// Takes factor and recovery codes away; answers whether there was a factor.
pub(super) fn remove(conn: &mut Conn, person_id: i64) -> QueryResult<bool> {
    remove_codes(conn, person_id)?;
    let own = totp_factors::table.filter(totp_factors::person_id.eq(person_id));
    Ok(diesel::delete(own).execute(conn)? > 0)
}

/// Takes the recovery codes away.
pub(super) fn remove_codes(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(person_id))).execute(conn)
}

/// Keeps a new set of recovery codes in place of the old one, and the codes themselves for the session that shows them.
pub(super) fn keep_codes(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    session_id: i64,
    set: &[String],
) -> QueryResult<()> {
    remove_codes(conn, person_id)?;
    for code in set {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::person_id.eq(person_id),
                recovery_codes::code_hash.eq(codes::hash(&ctx.keys, person_id, code)),
                recovery_codes::created_at.eq(ctx.now),
            ))
            .execute(conn)?;
    }
    let sealed = ctx.keys.seal(PLACE, &row(person_id, session_id), set.join("\n").as_bytes());
    diesel::update(totp_factors::table.filter(totp_factors::person_id.eq(person_id)))
        .set((totp_factors::sealed_codes.eq(Some(sealed)), totp_factors::codes_at.eq(Some(ctx.now))))
        .execute(conn)?;
    Ok(())
}

/// The recovery codes that this session made a moment ago and did not put away yet.
pub(super) fn codes_of_session(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    session_id: i64,
) -> QueryResult<Option<Vec<String>>> {
    let sealed: Option<Option<Vec<u8>>> = totp_factors::table
        .filter(totp_factors::person_id.eq(person_id))
        .filter(totp_factors::confirmed_at.is_not_null())
        .filter(totp_factors::codes_at.gt(ctx.now.minus(SHOWN)))
        .select(totp_factors::sealed_codes)
        .first(conn)
        .optional()?;
    let plain =
        sealed.flatten().and_then(|sealed| ctx.keys.open_sealed(PLACE, &row(person_id, session_id), &sealed).ok());
    let text = plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok());
    Ok(text.map(|text| text.lines().map(str::to_string).collect()))
}

fn row(person_id: i64, session_id: i64) -> String {
    format!("{person_id}/{session_id}")
}

/// From now on no page shows the codes.
pub(super) fn put_codes_away(conn: &mut Conn, person_id: i64) -> QueryResult<()> {
    diesel::update(totp_factors::table.filter(totp_factors::person_id.eq(person_id)))
        .set(totp_factors::sealed_codes.eq(None::<Vec<u8>>))
        .execute(conn)?;
    Ok(())
}

/// Uses a recovery code up, known by its hash under any key; false when there is none or it was used.
pub(super) fn use_recovery_code(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    hashes: &[Vec<u8>],
) -> QueryResult<bool> {
    let open = recovery_codes::table
        .filter(recovery_codes::person_id.eq(person_id))
        .filter(recovery_codes::code_hash.eq_any(hashes.to_vec()))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(open).set(recovery_codes::used_at.eq(Some(ctx.now))).execute(conn)? == 1)
}

/// Deletes secrets that nobody confirmed and codes that nobody put away, at most `most` of each.
pub(in crate::features::accounts) fn sweep(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<usize> {
    let pending: Vec<i64> = totp_factors::table
        .filter(totp_factors::confirmed_at.is_null())
        .filter(totp_factors::created_at.le(now.minus(PENDING)))
        .order(totp_factors::created_at)
        .limit(most)
        .select(totp_factors::id)
        .load(conn)?;
    let unshown: Vec<i64> = totp_factors::table
        .filter(totp_factors::sealed_codes.is_not_null())
        .filter(totp_factors::codes_at.le(now.minus(SHOWN)))
        .order(totp_factors::codes_at)
        .limit(most)
        .select(totp_factors::id)
        .load(conn)?;
    let gone = diesel::delete(totp_factors::table.filter(totp_factors::id.eq_any(pending))).execute(conn)?;
    let wiped = diesel::update(totp_factors::table.filter(totp_factors::id.eq_any(unshown)))
        .set(totp_factors::sealed_codes.eq(None::<Vec<u8>>))
        .execute(conn)?;
    Ok(gone.max(wiped))
}
