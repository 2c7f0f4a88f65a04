//! Trying the second factor. A guess is counted before it is compared, in counters of the person that only whoever gave
//! the first factor can reach; a right one takes back its own count and nothing else (EN6).

use std::time::Duration;

use diesel::QueryResult;

use super::{codes, queries};
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::error::whole_seconds;
use crate::web::limits::{self, Limit, bucket};
use crate::web::{Errors, FieldError, Stop};

/// Wrong tries of one person: ten within ten minutes, a hundred a day (OT7).
const SOON: Limit = Limit::of(10, 600);
const DAILY: Limit = Limit::of(100, 86400);

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a try that is not looked at lets everybody in"]
pub enum Outcome {
    /// It was right and is used up.
    Right,
    /// It was wrong, was used before, or there is no second factor.
    Wrong,
    /// Nothing was compared: too many were wrong, and this long is to be waited.
    Wait(Duration),
}

impl Outcome {
    /// `Ok` for a right one; else what the form says at its field `code`, counted.
    pub fn or_counted(self, wrong: FieldError) -> Result<(), Stop> {
        match self {
            Self::Right => Ok(()),
            Self::Wrong => Err(Stop::Counted(Errors::one("code", wrong))),
            Self::Wait(still) => Err(Stop::Counted(Errors::one("code", FieldError::Wait(whole_seconds(still))))),
        }
    }
}

/// Tries a code of the app, of the step before this moment to the one after it. Each works once, also for two that come at
/// once and after a restart. The count stands only when the transaction is committed.
pub fn use_code(conn: &mut Conn, ctx: &Context, person_id: i64, typed: &str) -> QueryResult<Outcome> {
    counted(conn, ctx, "totp", person_id, |conn| queries::use_step(conn, ctx, person_id, typed))
}

/// Tries a recovery code, which works once.
pub(in crate::features::accounts) fn use_recovery_code(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    typed: &str,
) -> QueryResult<Outcome> {
    let code = codes::read(typed);
    counted(conn, ctx, "recovery_code", person_id, |conn| match code {
        Some(code) => queries::use_recovery_code(conn, ctx, person_id, &codes::hashes(&ctx.keys, person_id, &code)),
        None => Ok(false),
    })
}

/// Forgets the wrong tries of a person: for a sign-in that was finished.
pub(in crate::features::accounts) fn forget(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<()> {
    for what in ["totp", "recovery_code"] {
        for (bucket, _) in counters(ctx, what, person_id) {
            limits::clear(conn, &bucket)?;
        }
    }
    Ok(())
}

fn counters(ctx: &Context, what: &str, person_id: i64) -> [(String, Limit); 2] {
    let person = person_id.to_string();
    [("soon", SOON), ("daily", DAILY)].map(|(span, limit)| (bucket(&ctx.keys, what, &[span, &person]), limit))
}

fn counted(
    conn: &mut Conn,
    ctx: &Context,
    what: &str,
    person_id: i64,
    compare: impl FnOnce(&mut Conn) -> QueryResult<bool>,
) -> QueryResult<Outcome> {
    let counters = counters(ctx, what, person_id);
    for (bucket, limit) in &counters {
        if let Some(still) = limits::count(conn, bucket, *limit, ctx.now)?.over {
            return Ok(Outcome::Wait(still));
        }
    }
    if !compare(conn)? {
        return Ok(Outcome::Wrong);
    }
    for (bucket, limit) in &counters {
        limits::uncount(conn, bucket, *limit, ctx.now)?;
    }
    Ok(Outcome::Right)
}
