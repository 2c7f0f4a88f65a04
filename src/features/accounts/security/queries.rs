//! A person's password, devices and known browsers.

use std::time::Duration;

use diesel::prelude::*;

use super::super::Person;
use super::super::passwords::PasswordClass;
use super::model::{Check, Set};
use crate::base::db::Conn;
use crate::base::db::schema::{known_browsers, people, records, sessions};
use crate::base::types::Moment;
use crate::services::records::Event;
use crate::web::session::{PersonKind, Seen, stands};

/// One device that is signed in.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Device {
    id: i64,
    /// Names it in addresses; never the reference.
    pub(super) public_id: String,
    /// Browser and system.
    pub(super) name: String,
    pub(super) network: String,
    pub(super) remembered: bool,
    /// When the person signed in there, UTC.
    pub(super) signed_in_at: Moment,
    /// Last use, UTC.
    pub(super) seen_at: Moment,
}

impl Device {
    /// Whether this is the device of the request.
    pub(super) fn is(&self, session_id: i64) -> bool {
        self.id == session_id
    }
}

/// The devices that are signed in now, last used first.
pub(super) fn devices(conn: &mut Conn, person: &Person, seen: &Seen) -> QueryResult<Vec<Device>> {
    let now = person.now();
    let kind = if person.is_staff() { PersonKind::Staff } else { PersonKind::Customer };
    let mut list: Vec<Device> = sessions::table
        .filter(sessions::person_id.eq(person.person_id()))
        .filter(sessions::ended_at.is_null())
        .select((
            sessions::id,
            sessions::public_id,
            sessions::device,
            sessions::network,
            sessions::remembered,
            sessions::signed_in_at,
            sessions::seen_at,
        ))
        .load(conn)?;
    for device in &mut list {
        device.seen_at = seen.of(device.id).map_or(device.seen_at, |at| at.max(device.seen_at));
    }
    list.retain(|one| stands(kind, one.remembered, one.signed_in_at, one.seen_at, now));
    list.sort_by_key(|one| (!one.is(person.session().id), std::cmp::Reverse(one.seen_at)));
    Ok(list)
}

/// Ends one device of this person; what it was, or nothing when there is none of that name.
pub(super) fn end_device(conn: &mut Conn, person: &Person, public_id: &str) -> QueryResult<Option<(i64, String)>> {
    diesel::update(
        sessions::table
            .filter(sessions::person_id.eq(person.person_id()))
            .filter(sessions::public_id.eq(public_id))
            .filter(sessions::ended_at.is_null()),
    )
    .set(sessions::ended_at.eq(Some(person.now())))
    .returning((sessions::id, sessions::device))
    .get_result(conn)
    .optional()
}

/// What the security check looks at.
pub(super) fn check(conn: &mut Conn, person: &Person, seen: &Seen) -> QueryResult<Check> {
    let (hash, class, since): (Option<String>, Option<PasswordClass>, Option<Moment>) = people::table
        .find(person.person_id())
        .select((people::password_hash, people::password_class, people::password_at))
        .first(conn)?;
    let password = match (hash, class, since) {
        (Some(_), Some(class), Some(since)) => Some(Set { class, since }),
        _ => None,
    };
    let month = person.now().minus(Duration::from_secs(30 * 24 * 3600));
    Ok(Check {
        password,
        devices: devices(conn, person, seen)?.len(),
        known_browsers: known_browsers::table
            .filter(known_browsers::person_id.eq(person.person_id()))
            .filter(known_browsers::expires_at.gt(person.now()))
            .count()
            .get_result(conn)?,
        failures: records::table
            .filter(records::person_id.eq(person.person_id()))
            .filter(records::event.eq(Event::SignInFailed))
            .filter(records::at.gt(month))
            .count()
            .get_result(conn)?,
    })
}
