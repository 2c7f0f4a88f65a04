//! What ends by time: codes a day after they died, known browsers after thirty days. And who is told of a sign-in that
//! stopped before the code.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;
use jiff::tz::TimeZone;

use super::letters::{self, Facts};
use super::recovery::disown;
use super::{browsers, codes};
use crate::base::db::{Conn, End, Fault};
use crate::base::types::Moment;
use crate::services::context::{Author, AuthorKind, Context};
use crate::services::records::{self, Entry, Event};
use crate::web::feature::JobSpec;
use crate::web::{House, Stop, session};

pub(super) const JOBS: &[JobSpec] = &[
    JobSpec { name: "accounts_sweep", every: Duration::from_secs(3600), run: sweep },
    JobSpec { name: "accounts_unfinished", every: Duration::from_secs(30), run: tell_of_unfinished },
];

/// How long a second step may take before its owner is told that it was begun.
const PATIENCE: Duration = Duration::from_secs(180);

fn sweep(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let swept = async {
            house.db.in_pieces(move |conn, most| codes::sweep(conn, now, most)).await?;
            house.db.in_pieces(move |conn, most| browsers::sweep(conn, now, most)).await
        };
        swept.await.map_err(|fault: Fault| fault.to_string())
    })
}

/// Mails the owners of second steps that were begun and not finished: somebody knows the password (EN10).
fn tell_of_unfinished(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = Context {
            now,
            keys: house.keys.clone(),
            base_url: house.base_url.clone(),
            network: "".into(),
            device: "".into(),
            author: Author::nobody(AuthorKind::System),
        };
        let zone = house.config.zone.clone();
        let ended = house.db.write(move |conn| match tell_all(conn, &ctx, &zone) {
            Ok(()) => End::Keep(Ok(())),
            Err(stop) => End::Undo(Err(stop)),
        });
        ended.await.map_err(|fault| fault.to_string())?.map_err(|stop| format!("{stop:?}"))
    })
}

fn tell_all(conn: &mut Conn, ctx: &Context, zone: &TimeZone) -> Result<(), Stop> {
    for one in codes::unfinished(conn, ctx.now.minus(PATIENCE))? {
        codes::told(conn, one.id, ctx.now)?;
        // The browser came in after all, with a code of another try.
        if session::came_in(conn, one.person_id, one.created_at, &one.network, &one.device)? {
            continue;
        }
        let path = disown::link(conn, ctx, one.person_id, &one.address)?;
        // What is told is when and from where it was begun.
        let then =
            Context { now: one.created_at, network: one.network.into(), device: one.device.into(), ..ctx.clone() };
        let facts = Facts::of(&then, zone).with_disown(path);
        letters::unfinished(conn, ctx, &one.address, Some(one.person_id), &facts)?;
        let entry = Entry::new(Event::SignInUnfinished).of_person(one.person_id, one.subject_id);
        records::keep(conn, &Context { now: ctx.now, ..then }, entry)?;
    }
    Ok(())
}
