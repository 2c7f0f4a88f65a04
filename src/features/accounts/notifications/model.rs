//! The kinds of business notice, the words that are agreed to, and what a person chose.

use askama::Template;
use diesel::QueryResult;

use crate::base::db::Conn;
use crate::services::consent::{ConsentEvent, Purpose, latest};

/// The kinds that are chosen one by one.
pub(super) const KINDS: [Purpose; 2] = [Purpose::NewProducts, Purpose::ServiceChanges];

/// The wording beside the box: shown, and kept as a hash with the consent.
#[derive(Template)]
#[template(path = "accounts/notice_wording.txt")]
pub(super) struct Wording {
    kind: Purpose,
}

impl Wording {
    pub(super) fn of(kind: Purpose) -> Self {
        Self { kind }
    }
}

/// Whether the person wants this kind: what was said last about it, or about business notices altogether.
pub(super) fn wanted(conn: &mut Conn, person_id: i64, kind: Purpose) -> QueryResult<bool> {
    let said = latest(conn, person_id, &[kind, Purpose::BusinessNotices])?;
    Ok(matches!(said, Some((ConsentEvent::Given, _))))
}
