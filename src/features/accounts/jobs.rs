//! What ends by time: codes within a day of their end, invitations, known browsers after thirty days. And who is told of a sign-in that
//! stopped before the code.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;
use jiff::tz::TimeZone;

use super::factors::{self, waits};
use super::letters::{self, Facts};
use super::recovery::disown;
use super::{browsers, codes, contact, members};
use crate::base::db::{Conn, FEW, Fault};
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::JobSpec;
use crate::web::{Error, House, session};

pub(super) const JOBS: &[JobSpec] = &[
    JobSpec { name: "accounts_sweep", every: Duration::from_secs(3600), run: sweep },
    JobSpec { name: "accounts_changes", every: Duration::from_secs(60), run: change_contacts },
    JobSpec { name: "accounts_unfinished", every: Duration::from_secs(30), run: tell_of_unfinished },
];

/// How long a second step may take before its owner is told that it was begun.
const PATIENCE: Duration = Duration::from_secs(180);

fn sweep(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let swept = async {
            house.db.in_pieces(move |conn, most| codes::sweep(conn, now, most)).await?;
            house.db.in_pieces(move |conn, most| browsers::sweep(conn, now, most)).await?;
            house.db.in_pieces(move |conn, most| browsers::sweep_trusted(conn, now, most)).await?;
            house.db.in_pieces(move |conn, most| waits::sweep(conn, now, most)).await?;
            house.db.in_pieces(move |conn, most| factors::sweep(conn, now, most)).await?;
            let ctx = house.own_context(now);
            let own = ctx.clone();
            house.db.in_pieces_of(FEW, move |conn, most| contact::sweep(conn, &own, most)).await?;
            let own = ctx.clone();
            house.db.in_pieces_of(FEW, move |conn, most| members::sweep(conn, &own, most)).await?;
            house.db.in_pieces(move |conn, most| members::tidy(conn, &ctx, most)).await
        };
        swept.await.map_err(|fault: Fault| fault.to_string())
    })
}

/// Makes changes of phone and address that have waited, and tells of those that are near.
fn change_contacts(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let changed = async {
            let (ctx, zone) = (house.own_context(now), house.config.zone.clone());
            let (own, rules, where_) = (ctx.clone(), house.config.sms.clone(), zone.clone());
            let told = move |conn: &mut Conn, most| contact::tell_again(conn, &ctx, &zone, most);
            // Whether or not everybody could be told, what is due is made.
            let told = house.db.in_pieces_of(FEW, told).await;
            let made = move |conn: &mut Conn, most| contact::finish_due(conn, &own, &where_, &rules, most);
            house.db.in_pieces_of(FEW, made).await?;
            told
        };
        changed.await.map_err(|fault: Fault| fault.to_string())
    })
}

/// Mails the owners of second steps that were begun and not finished: somebody knows the password (EN10).
fn tell_of_unfinished(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        let zone = house.config.zone.clone();
        let (own, here) = (ctx.clone(), zone.clone());
        let told = house.db.in_pieces_of(FEW, move |conn, most| tell_some(conn, &ctx, &zone, most));
        told.await.map_err(|fault| fault.to_string())?;
        let told = house.db.in_pieces_of(FEW, move |conn, most| tell_waiting(conn, &own, &here, most));
        told.await.map_err(|fault| fault.to_string())
    })
}

/// Tells the owners of the oldest ones, at most `most`; answers how many were looked after.
fn tell_some(conn: &mut Conn, ctx: &Context, zone: &TimeZone, most: i64) -> Result<usize, Error> {
    let unfinished = codes::unfinished(conn, ctx.now.minus(PATIENCE), most)?;
    let looked_after = unfinished.len();
    codes::told(conn, unfinished.iter().map(|one| one.id), ctx.now)?;
    for one in unfinished {
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
    Ok(looked_after)
}

/// The same of sign-ins that wait for the second factor.
fn tell_waiting(conn: &mut Conn, ctx: &Context, zone: &TimeZone, most: i64) -> Result<usize, Error> {
    let unfinished = waits::unfinished(conn, ctx.now.minus(PATIENCE), most)?;
    let looked_after = unfinished.len();
    waits::told(conn, unfinished.iter().map(|one| one.id), ctx.now)?;
    for one in unfinished {
        if session::came_in(conn, one.person_id, one.created_at, &one.network, &one.device)? {
            continue;
        }
        let path = disown::link(conn, ctx, one.person_id, &one.address)?;
        let then =
            Context { now: one.created_at, network: one.network.into(), device: one.device.into(), ..ctx.clone() };
        let facts = Facts::of(&then, zone).with_disown(path);
        letters::unfinished_totp(conn, ctx, &one.address, Some(one.person_id), &facts)?;
        let entry = Entry::new(Event::SignInUnfinished).of_person(one.person_id, one.subject_id);
        records::keep(conn, &Context { now: ctx.now, ..then }, entry)?;
    }
    Ok(looked_after)
}
