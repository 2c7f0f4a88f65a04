//! What finance does with our receiving accounts. Each move keeps its rows, its operation record and its mails in the
//! running transaction.

use super::model::ReceivingMove;
use super::queries::{self, NewReceiving, owing, standing};
use super::telling::{ask_second, tell};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::fault::Fault;
use crate::features::staff::is_own;
use crate::services::records::{self, Entry, Event};

/// Proposes an account, whose number at the bank no other has that stands; customers do not see it yet, and the others of finance are asked to compare and open it.
pub fn propose(conn: &mut Conn, officer: &impl Treasurer, new: &NewReceiving) -> Result<Number, Fault> {
    refuse_own(conn, officer, new.for_account_id)?;
    let number = Number::random('B');
    if !queries::insert(conn, officer, &number, new)? {
        return Err(Fault::ReceivingInUse);
    }
    records::keep(conn, officer.ctx(), Entry::new(Event::ReceivingProposed).about(number.as_str()))?;
    ask_second(conn, officer, &number, false)?;
    Ok(number)
}

/// Nobody decides where money for an account of their own is paid to.
fn refuse_own(conn: &mut Conn, officer: &impl Treasurer, for_account_id: Option<i64>) -> Result<(), Fault> {
    match for_account_id {
        Some(account_id) if is_own(conn, officer.person_id(), account_id)? => Err(Fault::FourEyes),
        _ => Ok(()),
    }
}

/// Opens, drops, asks to close, keeps open or closes; `house` is the currency in which customers pay. Who opens did not propose
/// it, and who closes did not ask for it. Customers who still owe, or pay to it by standing order, are told when it closes, and
/// those who waited for another one when that opens: the first of them in the same transaction, the rest by the room's job. The
/// others of finance are told when somebody asks to close it.
pub fn make(
    conn: &mut Conn,
    officer: &impl Treasurer,
    house: &str,
    number: &Number,
    by: ReceivingMove,
) -> Result<(), Fault> {
    queries::hold(conn)?;
    let (state, proposer, closer) = queries::standing(conn, number)?.ok_or(Fault::NotFound)?;
    let to = state.after(by)?;
    let person = officer.person_id();
    let meant_for = queries::meant_for(conn, number)?;
    refuse_own(conn, officer, meant_for)?;
    let own = match by {
        ReceivingMove::Open => proposer == person,
        ReceivingMove::Close => closer == Some(person),
        ReceivingMove::Drop | ReceivingMove::AskToClose | ReceivingMove::Keep => false,
    };
    if own {
        return Err(Fault::FourEyes);
    }
    if !queries::change_state(conn, number, (state, to), by, person)? {
        return Err(Fault::Changed);
    }
    records::keep(conn, officer.ctx(), Entry::new(by.event()).about(number.as_str()))?;
    match by {
        ReceivingMove::Close => {
            standing::closed(conn, number, officer.ctx().now)?;
            owing::closed(conn, number)?;
        }
        ReceivingMove::Open => owing::opened(conn, number)?,
        ReceivingMove::AskToClose => return ask_second(conn, officer, number, true),
        ReceivingMove::Drop | ReceivingMove::Keep => return Ok(()),
    }
    tell(conn, officer.ctx(), house).map(|_| ())
}
