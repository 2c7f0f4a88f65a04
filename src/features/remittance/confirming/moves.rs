//! What finance does with a declaration. Each move keeps its rows, its operation records and its mails in the running
//! transaction.

use diesel::QueryResult;
use serde_json::json;

use super::mails;
use super::matching::another;
use super::queries::{self, Sight, Standing};
use crate::base::db::Conn;
use crate::base::types::{Moment, Money, Number};
use crate::features::accounts::readers_of;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating;
use crate::features::remittance::desk::{self, DecisionKind, Outcome, Planned, Wish};
use crate::features::remittance::entries::EntryMove;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::Move;
use crate::features::staff::is_own;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Confirms a declaration against an entry of the statement, which is then decided about as at the desk: by one person where one
/// may, else a second one has to agree.
pub fn confirm(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    entry: &Number,
    sight: Sight,
    four_eyes_from: Money,
) -> Result<Outcome, Fault> {
    let person = officer.person_id();
    let target = allocating::target(conn, number)?.ok_or(Fault::NotFound)?;
    desk::hold(conn, entry)?;
    let arrived = allocating::arrived(conn, entry)?.ok_or(Fault::NotFound)?;
    if arrived.brought_by(person) || is_own(conn, person, target.holder.account_id())? {
        return Err(Fault::FourEyes);
    }
    if another(&arrived.text, number).is_some() && !sight.another_checked {
        return Err(Fault::NamesAnother);
    }
    // What is confirmed is what was looked at.
    if target.declared_at.is_none_or(|at| at != sight.declared_at) {
        return Err(Fault::Changed);
    }
    if target.rest() != arrived.amount {
        arrived.state.after(EntryMove::Credit)?;
        target.state.after(Move::Credit)?;
        return Err(if target.currency == arrived.currency { Fault::AmountsDiffer } else { Fault::CurrenciesDiffer });
    }
    let share = Planned { reference: number.as_str().to_string(), amount: arrived.amount.0, balance: false };
    let wish = Wish { kind: DecisionKind::Credit, shares: vec![share], note: None };
    // What is held, or caught by a rule, takes a word why, and that is said on the entry's own page.
    desk::decide(conn, officer, entry, &wish, four_eyes_from).map_err(|fault| match fault {
        Fault::NoteMissing => Fault::LookFirst,
        fault => fault,
    })
}

/// Refuses the declaration that was made at the moment `seen`; the customer reads the reason.
pub fn refuse(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    reason: &str,
    seen: Moment,
) -> Result<(), Fault> {
    let ctx = officer.ctx();
    let found = queries::standing(conn, number)?.ok_or(Fault::NotFound)?;
    if is_own(conn, officer.person_id(), found.holder.account_id())? {
        return Err(Fault::FourEyes);
    }
    let to = found.state.after(Move::Refuse)?;
    if !queries::refused(conn, (&found, to), reason, seen, ctx.now)? {
        return Err(Fault::Changed);
    }
    told(conn, ctx, &found, number, Event::RemittanceRefused, json!({ "reason": reason }))?;
    for reader in readers_of(conn, found.holder.account_id(), found.opened_by_id)? {
        mail::send(conn, ctx, mails::refused(ctx, number, found.amount, &found.currency, reason, &reader)?)?;
    }
    Ok(())
}

fn told(
    conn: &mut Conn,
    ctx: &Context,
    found: &Standing,
    number: &Number,
    event: Event,
    details: serde_json::Value,
) -> QueryResult<()> {
    records::keep(
        conn,
        ctx,
        Entry::new(event).about(number.as_str()).of_account(found.holder.account_id()).with(details),
    )
}
