//! A person's password, devices and known browsers.

use std::time::Duration;

use diesel::prelude::*;

use super::super::Person;
use super::super::passwords::PasswordClass;
use super::model::{Check, Set};
use crate::base::db::Conn;
use crate::base::db::schema::{known_browsers, people};
use crate::base::types::Moment;
use crate::features::accounts::{browsers, factors};
use crate::services::records;
use crate::web::session::{self, Device, PersonKind, Seen};

/// The devices that are signed in now, last used first.
pub(super) fn devices(conn: &mut Conn, person: &Person, seen: &Seen) -> QueryResult<Vec<Device>> {
    let kind = if person.is_staff() { PersonKind::Staff } else { PersonKind::Customer };
    let mut list = session::devices(conn, kind, person.person_id(), seen, person.now())?;
    list.sort_by_key(|one| (one.id != person.session().id, std::cmp::Reverse(one.seen_at)));
    Ok(list)
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
        failures: records::failed_sign_ins(conn, person.person_id(), month)?,
        factor: factors::state(conn, person.person_id())?,
        trusted: browsers::trusted_list(conn, person.person_id(), person.now())?.len(),
        chooses: !person.is_staff(),
        phone_missing: false,
    })
}
