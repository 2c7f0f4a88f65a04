//! What a customer does with a top-up. Each move keeps its row and its operation record in the running transaction.

use serde_json::json;

use super::queries::{self, Declaration};
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::identity::hold_name;
use crate::features::remittance::actor::{Payer, Steward};
use crate::features::remittance::allocating;
use crate::features::remittance::entries;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::Move;
use crate::features::remittance::receiving::{self, Receiving};
use crate::services::records::{self, Entry, Event};
use crate::web::uploads::{self, Upload};

/// Opens a top-up in the installation's currency: draws the reference and fixes the receiving account.
pub fn open(conn: &mut Conn, payer: &impl Payer, amount: Money, currency: &str) -> Result<Number, Fault> {
    let Some(receiving) = receiving::chosen(conn, payer.account_id(), amount, currency)? else {
        let any = receiving::any_takes_money(conn, payer.account_id(), currency)?;
        return Err(if any { Fault::NoneTakesAmount } else { Fault::NoReceivingAccount });
    };
    let number = Number::random('R');
    queries::insert(conn, payer, &number, &receiving, (amount, false))?;
    record(conn, payer, Event::RemittanceOpened, &number, Some(json!({ "amount": amount })))?;
    Ok(number)
}

/// Declares the transfer, for the first time or anew. A slip that a new one replaces is given to the sweep.
pub fn declare(
    conn: &mut Conn,
    payer: &impl Payer,
    number: &Number,
    new: &Declaration,
    slip: Option<&Upload>,
) -> Result<(), Fault> {
    let (state, replaced) = queries::own(conn, payer, number)?.ok_or(Fault::NotFound)?;
    let to = state.after(Move::Declare)?;
    if !queries::declared_as(conn, payer, number, new, (state, to))? {
        return Err(Fault::Changed);
    }
    if let Some(slip) = slip {
        queries::keep_slip(conn, payer, number, slip)?;
        if let Some(replaced) = replaced {
            uploads::give_up(conn, payer.ctx(), &replaced.key, replaced.size)?;
        }
    }
    let details = json!({ "amount": new.amount, "on": new.remitted_on, "slip": slip.is_some() });
    record(conn, payer, Event::RemittanceDeclared, number, Some(details))
}

/// Claims money that was sent without its reference: a top-up that is declared at once, for finance to find the entry. Whether there
/// is such an entry is not looked at, so that nobody learns what others sent. The same amount of the same day is claimed once.
pub fn claim(
    conn: &mut Conn,
    payer: &impl Payer,
    receiving: &Receiving,
    new: &Declaration,
    slip: Option<&Upload>,
) -> Result<Number, Fault> {
    // Held, so that claims of one account come one after the other.
    hold_name(conn, &payer.ctx().keys, payer.account_id())?.ok_or(Fault::NotFound)?;
    if let Some(before) = queries::claimed_before(conn, payer, new)? {
        return Err(Fault::ClaimedBefore(before));
    }
    let number = Number::random('R');
    queries::insert(conn, payer, &number, receiving, (new.amount, true))?;
    let details = json!({ "amount": new.amount, "claimed": true });
    record(conn, payer, Event::RemittanceOpened, &number, Some(details))?;
    declare(conn, payer, &number, new, slip)?;
    Ok(number)
}

/// Takes a top-up back; nothing was booked for it.
pub fn withdraw(conn: &mut Conn, steward: &impl Steward, number: &Number) -> Result<(), Fault> {
    let (state, _) = queries::own(conn, steward, number)?.ok_or(Fault::NotFound)?;
    let to = state.after(Move::Withdraw)?;
    // Money for it is there, and a person looks at it.
    if entries::arrived(conn, number)? {
        return Err(Fault::Changed);
    }
    if !queries::settle(conn, steward, number, (state, to))? {
        return Err(Fault::Changed);
    }
    record(conn, steward, Event::RemittanceWithdrawn, number, None)
}

/// Contents itself with what has arrived of a top-up: it is credited, and the rest is payable no more.
pub fn settle(conn: &mut Conn, steward: &impl Steward, number: &Number) -> Result<(), Fault> {
    queries::own(conn, steward, number)?.ok_or(Fault::NotFound)?;
    let target = allocating::target(conn, number)?.ok_or(Fault::NotFound)?;
    allocating::settle(conn, steward.ctx(), &target)
}

fn record(
    conn: &mut Conn,
    steward: &impl Steward,
    event: Event,
    number: &Number,
    details: Option<serde_json::Value>,
) -> Result<(), Fault> {
    let mut entry = Entry::new(event).about(number.as_str()).of_account(steward.account_id());
    if let Some(details) = details {
        entry = entry.with(details);
    }
    Ok(records::keep(conn, steward.ctx(), entry)?)
}
