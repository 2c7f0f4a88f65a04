//! How a person is reached when it matters that whoever they really are hears of it.

use std::time::Duration;

use super::model::UNDO;
use super::{guard, queries};
use crate::base::config::SmsRules;
use crate::base::db::Conn;
use crate::base::types::{Address, Moment};
use crate::services::context::Context;
use crate::services::sms::{self, Text};

const LIFE_OF_NOTICE: Duration = Duration::from_secs(6 * 3600);

/// The person's address, and those that were theirs within the week in which a change of it can be undone.
pub fn addresses_of(conn: &mut Conn, ctx: &Context, person_id: i64) -> diesel::QueryResult<Vec<Address>> {
    let (present, ..) = queries::address_of(conn, person_id)?;
    let mut all = vec![present];
    for change in queries::addresses_since(conn, person_id, ctx.now.minus(UNDO))? {
        let old = change.old_value(&ctx.keys).as_deref().and_then(Address::parse);
        all.extend(old.filter(|old| !all.contains(old)));
    }
    Ok(all)
}

/// Whether the person's address or phone was changed since.
pub fn changed_since(conn: &mut Conn, person_id: i64, since: Moment) -> diesel::QueryResult<bool> {
    queries::made_since(conn, person_id, since)
}

/// Sends a notice to the person's phone, when there is one and the day's messages are not used up.
pub fn text_to(
    conn: &mut Conn,
    ctx: &Context,
    rules: &SmsRules,
    person_id: i64,
    (kind, words): (&'static str, String),
) -> diesel::QueryResult<()> {
    let Some(phone) = queries::phone_of(conn, &ctx.keys, person_id)? else { return Ok(()) };
    if guard::count_notice(conn, ctx, rules)? {
        sms::send(
            conn,
            ctx,
            &Text { person_id: Some(person_id), kind, to: &phone, text: words, life: LIFE_OF_NOTICE },
        )?;
    }
    Ok(())
}
