//! Who is told of a change, and by which words.

use jiff::tz::TimeZone;

use super::model::{Change, ChangeState, ContactKind};
use super::{guard, queries, texts};
use crate::base::config::SmsRules;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Address, Moment, Phone};
use crate::features::accounts::letters::{self, Facts};
use crate::features::accounts::recovery::disown::{self, Undo};
use crate::services::context::Context;
use crate::web::Error;

/// What is told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It will be made.
    Begun,
    /// It will be made within a day.
    Near,
    /// It was made.
    Made,
}

/// What a person is told of their own waiting change.
#[derive(Debug, Clone)]
pub(in crate::features::accounts) struct Waiting {
    /// Its public number.
    pub number: String,
    /// Whether it is about the phone; else the address.
    pub phone: bool,
    /// What will be there; empty when the phone goes.
    pub new: String,
    /// When it is made, UTC.
    pub due_at: Moment,
}

/// The changes of a person that wait for their day.
pub(in crate::features::accounts) fn waiting_of(
    conn: &mut Conn,
    keys: &Keys,
    person_id: i64,
) -> diesel::QueryResult<Vec<Waiting>> {
    let open = queries::open_of(conn, person_id)?;
    Ok(open
        .into_iter()
        .filter(|change| change.state == ChangeState::Waiting)
        .map(|change| Waiting {
            number: change.number.as_str().to_string(),
            phone: change.kind == ContactKind::Phone,
            new: masked(change.kind, change.new_value(keys)),
            due_at: change.due_at,
        })
        .collect())
}

/// A phone or an address as notices name it.
pub(super) fn masked(kind: ContactKind, text: Option<String>) -> String {
    let Some(text) = text else { return String::new() };
    match kind {
        ContactKind::Phone => Phone::kept(&text).map(|phone| phone.masked()),
        ContactKind::Address => Address::parse(&text).map(|address| address.masked()),
    }
    .unwrap_or_default()
}

/// Tells the old and the new address, each with a link that undoes it, and the old phone by text message where that is what
/// its owner may still hold (RC4).
pub(super) fn tell(
    conn: &mut Conn,
    ctx: &Context,
    zone: &TimeZone,
    change: &Change,
    news: News,
    rules: Option<&SmsRules>,
) -> Result<(), Error> {
    let (present, ..) = queries::address_of(conn, change.person_id)?;
    let mut to = vec![present];
    if change.kind == ContactKind::Address && news == News::Made {
        to.extend(change.old_value(&ctx.keys).as_deref().and_then(Address::parse));
    }
    // What is told is when and from where it was asked for.
    let then = Context {
        now: if news == News::Made { ctx.now } else { change.created_at },
        network: change.network.as_str().into(),
        device: change.device.as_str().into(),
        ..ctx.clone()
    };
    let due = if news == News::Made { String::new() } else { change.due_at.local(zone) };
    for address in &to {
        let path = disown::link_to(
            conn,
            ctx,
            change.person_id,
            address,
            &Undo::Contact { number: change.number.as_str().to_string() },
        )?;
        let facts = Facts::of(&then, zone)
            .about_phone(change.kind == ContactKind::Phone)
            .with_change(
                masked(change.kind, change.old_value(&ctx.keys)),
                masked(change.kind, change.new_value(&ctx.keys)),
            )
            .with_due(due.clone())
            .with_disown(path);
        if news == News::Made {
            letters::contact_changed(conn, ctx, address, Some(change.person_id), &facts)?;
        } else {
            letters::contact_waiting(conn, ctx, address, Some(change.person_id), &facts)?;
        }
    }
    let Some(rules) = rules else { return Ok(()) };
    let phone = match (change.kind, news) {
        (ContactKind::Phone, News::Made) => change.old_value(&ctx.keys).as_deref().and_then(Phone::kept),
        _ => queries::phone_of(conn, &ctx.keys, change.person_id)?,
    };
    if let Some(phone) = phone
        && guard::count_notice(conn, ctx, rules)?
    {
        texts::notice(conn, ctx, &phone, change.person_id, change.kind == ContactKind::Phone, due)?;
    }
    Ok(())
}
