//! Sign-ins whose first factor was right and whose second one is awaited. A wait is bound to one browser (the handle in its
//! cookie), lives 15 minutes and five tries, and dies with a change of password or factor (MF7).

mod actor;
mod pages;
mod queries;

pub use actor::HalfSignedIn;
pub(in crate::features::accounts) use queries::{sweep, told, unfinished};

use std::time::Duration;

use diesel::QueryResult;

use crate::base::chance;
use crate::base::db::Conn;
use crate::features::accounts::codes::{Step, StepMove};
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::routes::{Route, route};
use crate::web::session::{self, SignInMethod};
use crate::web::{Goto, cookies};

const HANDLE: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
const PLACE: &str = "pending_sign_ins.sealed_next";
const LIFE: Duration = Duration::from_secs(900);
const MOST_TRIES: i32 = 5;

/// One wait.
#[derive(Clone, diesel::Queryable)]
pub(in crate::features::accounts) struct Wait {
    pub id: i64,
    pub person_id: i64,
    /// The first factor.
    pub method: SignInMethod,
    /// "Keep me signed in".
    pub remembered: bool,
    sealed_next: Option<Vec<u8>>,
}

impl Wait {
    /// Where the sign-in was asked from.
    pub fn next(&self, asked: &Asked) -> Option<String> {
        let handle = asked.jar.challenge.as_ref()?;
        let plain = asked.context.keys.open_sealed(PLACE, handle, self.sealed_next.as_deref()?).ok()?;
        String::from_utf8(plain.to_vec()).ok().filter(|next| !next.is_empty())
    }
}

/// Begins a wait for somebody whose first factor was right; answers where the browser goes.
pub(in crate::features::accounts) fn begin(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    method: SignInMethod,
    remembered: bool,
    next: Option<&str>,
) -> QueryResult<Goto> {
    // A change of password or factor that is under way comes before this, or after it and ends it.
    session::hold(conn, person_id)?;
    let handle = chance::text(32, HANDLE);
    let hash = ctx.keys.hash("waiting", &[handle.as_bytes()]);
    let sealed = ctx.keys.seal(PLACE, &handle, next.unwrap_or_default().as_bytes());
    queries::insert(conn, ctx, &hash, (person_id, method, remembered), &sealed, ctx.now.plus(LIFE))?;
    Ok(Goto::to("/login/totp").keeping(cookies::CHALLENGE, handle))
}

/// The wait of this browser, while it can be tried.
pub(in crate::features::accounts) fn current(conn: &mut Conn, asked: &Asked) -> QueryResult<Option<Wait>> {
    let Some(handle) = &asked.jar.challenge else { return Ok(None) };
    for hash in asked.context.keys.hashes("waiting", &[handle.as_bytes()]) {
        if let Some(found) = queries::open(conn, &hash, asked.context.now, MOST_TRIES)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Ends a wait by its second factor; true for exactly one caller.
fn finish(conn: &mut Conn, wait: &Wait) -> QueryResult<bool> {
    let Ok(to) = Step::Code.after(StepMove::Use) else { return Ok(false) };
    queries::end(conn, wait.id, to)
}

/// Ends every wait of a person.
pub(in crate::features::accounts) fn void_all(conn: &mut Conn, person_id: i64) -> QueryResult<usize> {
    let Ok(to) = Step::Code.after(StepMove::Void) else { return Ok(0) };
    queries::end_all(conn, person_id, to)
}

pub(in crate::features::accounts) fn routes() -> Vec<Route> {
    vec![
        route("/login/totp").get(pages::show).post(pages::create),
        route("/login/totp/recovery").get(pages::show_recovery).post(pages::recover),
    ]
}
