//! Cards on the overview and on the desk.

use askama::Template;

use super::top_ups::Row;
use super::{confirming, desk, entries, receiving, statements, top_ups};
use crate::base::db::Conn;
use crate::base::types::{Moment, Money};
use crate::services::context::Context;
use crate::services::ledger::{self, Holder};
use crate::web::Error;
use crate::web::feature::Look;

/// What the macros for money and times ask of a shell.
struct Mini<'a> {
    currency: &'a str,
    zone: &'a jiff::tz::TimeZone,
}

impl<'a> Mini<'a> {
    fn of(look: &Look<'a>) -> Self {
        Self { currency: look.currency, zone: look.zone }
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "called by the macro that shells share")]
    fn local(&self, moment: &Moment) -> String {
        moment.local(self.zone)
    }
}

#[derive(Template)]
#[template(path = "remittance/cards/balance.html")]
struct BalanceCard<'a> {
    shell: Mini<'a>,
    balance: Money,
    /// Whether the reader may top it up.
    acts: bool,
}

/// The balance, with the way to top it up.
pub(super) fn balance(conn: &mut Conn, ctx: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    balance_for(conn, ctx, look, true)
}

/// The balance, for whoever only reads.
pub(super) fn balance_seen(conn: &mut Conn, ctx: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    balance_for(conn, ctx, look, false)
}

fn balance_for(conn: &mut Conn, ctx: &Context, look: &Look<'_>, acts: bool) -> Result<Option<String>, Error> {
    let Some(holder) = Holder::current(ctx) else { return Ok(None) };
    let balance = ledger::wallet_balance(conn, holder, look.currency)?;
    Ok(Some(BalanceCard { shell: Mini::of(look), balance, acts }.render()?))
}

#[derive(Template)]
#[template(path = "remittance/cards/task.html")]
struct Task<'a> {
    shell: Mini<'a>,
    row: Row,
    count: i64,
}

/// What the customer has to do before money is looked for: declare the transfer, or correct what was refused. Where money
/// arrived already there is nothing to send.
pub(super) fn task(conn: &mut Conn, ctx: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    let Some((row, count)) = top_ups::for_customer(conn, ctx)? else { return Ok(None) };
    Ok(Some(Task { shell: Mini::of(look), row, count }.render()?))
}

#[derive(Template)]
#[template(path = "remittance/cards/under_way.html")]
struct UnderWayCard<'a> {
    shell: Mini<'a>,
    row: Row,
    count: i64,
    /// Whether its money is there and waits for a person.
    arrived: bool,
}

/// The newest remittance that is under way, or whose money is looked at; nothing when there is none.
pub(super) fn under_way(conn: &mut Conn, ctx: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    let Some((row, count, arrived)) = top_ups::under_way(conn, ctx)? else { return Ok(None) };
    Ok(Some(UnderWayCard { shell: Mini::of(look), row, count, arrived }.render()?))
}

#[derive(Template)]
#[template(path = "remittance/cards/desk.html")]
struct DeskCard<'a> {
    shell: Mini<'a>,
    declared: i64,
    oldest: Option<Moment>,
    entries: i64,
    held: i64,
}

/// What waits for finance.
pub(super) fn desk(conn: &mut Conn, _: &Context, look: &Look<'_>) -> Result<Option<String>, Error> {
    let (declared, oldest) = confirming::waiting(conn)?;
    let (entries, held) = entries::waiting(conn)?;
    Ok(Some(DeskCard { shell: Mini::of(look), declared, oldest, entries, held }.render()?))
}

#[derive(Template)]
#[template(path = "remittance/cards/decisions.html")]
struct DecisionsCard {
    waiting: i64,
    files: i64,
}

/// The decisions and files that wait for this person as the second one; nothing when none does.
pub(super) fn decisions(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let Some(me) = ctx.author.person_id else { return Ok(None) };
    let (waiting, files) = (desk::waiting(conn, me)?, statements::waiting(conn, me)?);
    if waiting + files == 0 { Ok(None) } else { Ok(Some(DecisionsCard { waiting, files }.render()?)) }
}

#[derive(Template)]
#[template(path = "remittance/cards/receiving.html")]
struct ReceivingCard {
    waiting: i64,
}

/// The receiving accounts that wait for this person as the second one; nothing when none does.
pub(super) fn receiving(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let Some(me) = ctx.author.person_id else { return Ok(None) };
    let waiting = receiving::waiting(conn, me)?;
    if waiting == 0 { Ok(None) } else { Ok(Some(ReceivingCard { waiting }.render()?)) }
}
