//! Sign-ins: the cookie holds one random reference, encrypted; the database knows its keyed hash and can end it (A5).

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use diesel::prelude::*;

use super::asked::Asked;
use super::feature::StaffRole;
use super::queries;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::services::context::{Author, AuthorKind, Context};

crate::base::types::text_enum! {
    /// Customers and staff sign in at different doors and never become each other.
    pub enum PersonKind {
        /// A customer.
        Customer = "customer",
        /// A member of staff.
        Staff = "staff",
    }
}

crate::base::types::text_enum! {
    /// Whether a person may sign in.
    pub enum PersonState {
        /// Yes.
        Active = "active",
        /// Not until unlocked.
        Locked = "locked",
        /// Never again.
        Ended = "ended",
    }
}

crate::base::types::text_enum! {
    /// Whether an account stands.
    pub enum AccountState {
        /// It does.
        Open = "open",
        /// Its owner asked to close it.
        Closing = "closing",
        /// Nobody works in it any more.
        Closed = "closed",
    }
}

/// What may become of a person's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonMove {
    /// Shut out until unlocked.
    Lock,
    /// Let in again.
    Unlock,
    /// Shut out for good.
    End,
}

/// A state from which a move does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{by:?} does not lead on from {from}")]
pub struct IllegalMove {
    /// Where the person stands.
    pub from: PersonState,
    /// What was asked for.
    pub by: PersonMove,
}

impl PersonState {
    /// Where a move leads from here: the only place that says so.
    pub fn after(self, by: PersonMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Active, PersonMove::Lock) => Ok(Self::Locked),
            (Self::Locked, PersonMove::Unlock) => Ok(Self::Active),
            (Self::Active | Self::Locked, PersonMove::End) => Ok(Self::Ended),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }
}

crate::base::types::text_enum! {
    /// By which way a session was opened (EN9).
    pub enum SignInMethod {
        /// Password on a known browser.
        Password = "password",
        /// Password and mailed code.
        PasswordCode = "password_code",
        /// Mailed code alone.
        Code = "code",
        /// Straight from registration.
        Registration = "registration",
        /// Password and TOTP.
        Totp = "totp",
    }
}

/// A session that stands, with the person behind it and the account that the person works in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Session and person.
    pub sitting: Sitting,
    /// The place in the current account, while account and membership stand; nothing for staff.
    pub place: Option<AccountPlace>,
    /// The roles of a member of staff, in the order in which they were granted; none for customers.
    pub roles: Vec<StaffRole>,
}

impl std::ops::Deref for SessionRow {
    type Target = Sitting;

    fn deref(&self) -> &Sitting {
        &self.sitting
    }
}

/// A person's place in an account.
#[derive(Debug, Clone)]
pub struct AccountPlace {
    /// The account's public number.
    pub number: String,
    /// What the account is called.
    pub name: Option<String>,
    /// What the person may do there, as the room of accounts names it.
    pub role: String,
}

/// A session and its person, as they are kept.
#[derive(Debug, Clone, Queryable)]
pub struct Sitting {
    /// Internal id.
    pub id: i64,
    /// The name in the list of devices.
    pub public_id: String,
    /// Who signed in.
    pub person_id: i64,
    /// The current account of a customer.
    pub account_id: Option<i64>,
    /// How it was opened.
    pub method: SignInMethod,
    /// "Keep me signed in".
    pub remembered: bool,
    /// When the person signed in; renewals keep it, so no session outlives the absolute limit. UTC.
    pub signed_in_at: Moment,
    /// Last use as written. UTC.
    pub seen_at: Moment,
    /// When the password was last asked again. UTC.
    pub stepped_up_at: Option<Moment>,
    /// Customer or staff.
    pub kind: PersonKind,
    /// The person's e-mail address.
    pub address: String,
    /// The person's name, when given.
    pub name: Option<String>,
    /// Whose key seals what is kept.
    pub subject_id: i64,
}

impl Sitting {
    /// The context of this session's requests.
    pub fn context(&self, asked: &Asked) -> Context {
        let kind = match self.kind {
            PersonKind::Customer => AuthorKind::Customer,
            PersonKind::Staff => AuthorKind::Staff,
        };
        asked.context.by(Author {
            kind,
            person_id: Some(self.person_id),
            subject_id: Some(self.subject_id),
            account_id: self.account_id,
            session_id: Some(self.id),
        })
    }

    /// What the person is called on pages.
    pub fn shown_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.address.clone())
    }
}

/// Whether a session is within its limits, unused and altogether (SS5).
pub(super) fn stands(kind: PersonKind, remembered: bool, signed_in_at: Moment, used_at: Moment, now: Moment) -> bool {
    const MINUTE: u64 = 60;
    const DAY: u64 = 24 * 60 * MINUTE;
    let (idle, most) = match (kind, remembered) {
        (PersonKind::Staff, _) => (15 * MINUTE, DAY / 2),
        (PersonKind::Customer, false) => (60 * MINUTE, DAY),
        (PersonKind::Customer, true) => (14 * DAY, 30 * DAY),
    };
    now.since(used_at) <= Duration::from_secs(idle) && now.since(signed_in_at) <= Duration::from_secs(most)
}

/// When sessions were last used, gathered in memory and written each minute.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<i64, Moment>>, AtomicI64);

impl Seen {
    /// The newest use that is not written yet.
    pub fn of(&self, session: i64) -> Option<Moment> {
        self.0.lock().ok().and_then(|seen| seen.get(&session).copied())
    }

    fn note(&self, session: i64, now: Moment) {
        if let Ok(mut seen) = self.0.lock() {
            seen.insert(session, now);
        }
    }

    /// Whether a minute has passed since this was last answered with yes.
    pub fn due(&self, now: Moment) -> bool {
        let due = now.since(Moment(self.1.load(Ordering::Relaxed))) >= Duration::from_secs(60);
        if due {
            self.1.store(now.0, Ordering::Relaxed);
        }
        due
    }

    /// Hands over what was gathered, in the order of the sessions: instances that write at once wait for one another in one
    /// order.
    pub fn take(&self) -> Vec<(i64, Moment)> {
        let mut all: Vec<_> = self.0.lock().map(|mut seen| seen.drain().collect()).unwrap_or_default();
        all.sort_unstable();
        all
    }
}

/// The session that the request's cookie refers to, when it stands and is within its limits.
pub(super) fn load(conn: &mut Conn, asked: &Asked, seen: &Seen) -> QueryResult<Option<SessionRow>> {
    let Some(reference) = &asked.reference else { return Ok(None) };
    let hashes = asked.context.keys.hashes("session", &[reference.as_bytes()]);
    let Some(row) = queries::session(conn, hashes)? else { return Ok(None) };
    let now = asked.context.now;
    let used = seen.of(row.id).map_or(row.seen_at, |at| at.max(row.seen_at));
    if !stands(row.kind, row.remembered, row.signed_in_at, used, now) {
        return Ok(None);
    }
    seen.note(row.id, now);
    Ok(Some(row))
}

/// Writes what `Seen` gathered.
pub fn write_seen(conn: &mut Conn, seen: &[(i64, Moment)]) -> QueryResult<()> {
    queries::touch_sessions(conn, seen)
}

/// A session that was made in a transaction; the visit hands its reference to the browser after the commit.
#[must_use = "a session that is not entered is lost"]
pub struct NewSession {
    pub(super) reference: String,
    /// The row's id, for the records of this sign-in.
    pub id: i64,
    /// What it took the place of; its owner is to be told.
    pub displaced: Vec<Displaced>,
}

/// A session that stood and was ended because there were too many.
#[derive(Debug, Clone)]
pub struct Displaced {
    /// The name in the list of devices.
    pub public_id: String,
    /// Browser and system.
    pub device: String,
    /// Truncated network.
    pub network: String,
    /// When the person signed in there, UTC.
    pub signed_in_at: Moment,
}

/// Who enters and how.
#[derive(Debug, Clone)]
pub struct Entering {
    /// The person.
    pub person_id: i64,
    /// The account a customer works in first.
    pub account_id: Option<i64>,
    /// The way in.
    pub method: SignInMethod,
    /// "Keep me signed in".
    pub remembered: bool,
    /// When the person signed in: now, or that of the session which is renewed.
    pub signed_in_at: Moment,
    /// When the password was last given.
    pub stepped_up_at: Option<Moment>,
}

/// Waits until no other transaction opens or ends sessions of this person (RC1, RC2, SS4). It comes before anything else that
/// such a change locks, so that two of them wait for one another in one order; [`enter`] and [`end_all`] do it in any case.
pub fn hold(conn: &mut Conn, person_id: i64) -> QueryResult<()> {
    queries::hold(conn, person_id)
}

/// The same for a change that a session of that person makes; answers whether that session still stands.
pub fn hold_standing(conn: &mut Conn, person_id: i64, session_id: i64) -> QueryResult<bool> {
    queries::hold(conn, person_id)?;
    queries::session_stands(conn, session_id)
}

/// The same, and the person's place in the account that the session works in: answers the role there, as the room of accounts
/// names it, while session, person and membership stand. `admitted` is the role with which the caller was admitted in this
/// transaction: SQLite has one writer, so there it still is.
pub fn hold_place(conn: &mut Conn, person_id: i64, session_id: i64, admitted: &str) -> QueryResult<Option<String>> {
    if let Conn::Sqlite(_) = conn {
        return Ok(Some(admitted.to_string()));
    }
    queries::hold(conn, person_id)?;
    queries::standing_role(conn, session_id)
}

/// Makes a session; an eleventh ends the oldest (SS7).
pub fn enter(conn: &mut Conn, ctx: &Context, entering: &Entering) -> QueryResult<NewSession> {
    queries::enter(conn, ctx, entering)
}

/// When a person last used any session, as written; `None` for one who never signed in. UTC.
pub fn last_use(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Moment>> {
    queries::last_use(conn, person_id)
}

/// Whether a person signed in from this network and device since then.
pub fn came_in(conn: &mut Conn, person_id: i64, since: Moment, network: &str, device: &str) -> QueryResult<bool> {
    queries::came_in(conn, person_id, since, network, device)
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Device {
    /// Internal id.
    pub id: i64,
    /// Names it in addresses; never the reference.
    pub public_id: String,
    /// Browser and system.
    pub name: String,
    /// Truncated network.
    pub network: String,
    /// "Keep me signed in".
    pub remembered: bool,
    /// When the person signed in there, UTC.
    pub signed_in_at: Moment,
    /// Last use, UTC.
    pub seen_at: Moment,
}

/// The sessions of a person of this kind that stand: neither ended nor run out.
pub fn devices(
    conn: &mut Conn,
    kind: PersonKind,
    person_id: i64,
    seen: &Seen,
    now: Moment,
) -> QueryResult<Vec<Device>> {
    let mut list = queries::devices(conn, person_id)?;
    for one in &mut list {
        one.seen_at = seen.of(one.id).map_or(one.seen_at, |at| at.max(one.seen_at));
    }
    list.retain(|one| stands(kind, one.remembered, one.signed_in_at, one.seen_at, now));
    Ok(list)
}

/// Ends the session of this person with that name; answers its id and device, or nothing when there is none.
pub fn end_named(conn: &mut Conn, person_id: i64, public_id: &str, now: Moment) -> QueryResult<Option<(i64, String)>> {
    queries::end_named(conn, person_id, public_id, now)
}

/// When a person's newest session was opened. UTC.
pub fn last_sign_in(conn: &mut Conn, person_id: i64) -> QueryResult<Option<Moment>> {
    queries::last_sign_in(conn, person_id)
}

/// Ends one session at once.
pub fn end(conn: &mut Conn, session_id: i64, now: Moment) -> QueryResult<()> {
    queries::end_session(conn, session_id, now)
}

/// From now on the session works in no account.
pub fn work_nowhere(conn: &mut Conn, session_id: i64) -> QueryResult<()> {
    queries::work_nowhere(conn, session_id)
}

/// Ends the sessions of a person that work in this account, but `except`; answers how many ended.
pub fn end_in(
    conn: &mut Conn,
    person_id: i64,
    account_id: i64,
    except: Option<i64>,
    now: Moment,
) -> QueryResult<usize> {
    queries::end_sessions_in(conn, person_id, account_id, except, now)
}

/// Ends all sessions of a person but `except`; answers how many ended.
pub fn end_all(conn: &mut Conn, person_id: i64, except: Option<i64>, now: Moment) -> QueryResult<usize> {
    queries::end_sessions(conn, person_id, except, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_leads_only_where_it_may() {
        use PersonMove::{End, Lock, Unlock};
        use PersonState::{Active, Ended, Locked};
        let legal = [(Active, Lock, Locked), (Locked, Unlock, Active), (Active, End, Ended), (Locked, End, Ended)];
        for from in PersonState::ALL {
            for by in [Lock, Unlock, End] {
                let to = legal.iter().find(|way| (way.0, way.1) == (*from, by)).map(|way| way.2);
                assert_eq!(from.after(by), to.ok_or(IllegalMove { from: *from, by }));
            }
        }
    }
}
