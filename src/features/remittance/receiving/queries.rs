//! Our receiving accounts. One member of finance proposes or asks to close, a second one opens or closes (D1).

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{people, receiving_accounts};
use crate::base::types::{Moment, Number};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::ReceivingState;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// What finance types in.
#[derive(Debug, Clone)]
pub struct NewReceiving {
    /// The bank and its branch.
    pub bank_name: String,
    /// Whose account it is.
    pub holder: String,
    /// Its number.
    pub account_number: String,
    /// ISO 4217.
    pub currency: String,
    /// What a payer has to know.
    pub instructions: String,
}

/// One of our bank accounts, as customers are told of it.
#[derive(Debug, Clone, Queryable)]
pub struct Receiving {
    /// The row.
    pub id: i64,
    /// Its public number.
    pub number: Number,
    /// The bank and its branch.
    pub bank_name: String,
    /// Whose account it is.
    pub holder: String,
    /// Its number.
    pub account_number: String,
    /// ISO 4217.
    pub currency: String,
    /// What a payer has to know.
    pub instructions: String,
}

pub(in crate::features::remittance) type ReceivingColumns = (
    receiving_accounts::id,
    receiving_accounts::number,
    receiving_accounts::bank_name,
    receiving_accounts::holder,
    receiving_accounts::account_number,
    receiving_accounts::currency,
    receiving_accounts::instructions,
);
pub(in crate::features::remittance) const RECEIVING: ReceivingColumns = (
    receiving_accounts::id,
    receiving_accounts::number,
    receiving_accounts::bank_name,
    receiving_accounts::holder,
    receiving_accounts::account_number,
    receiving_accounts::currency,
    receiving_accounts::instructions,
);

/// The account that new top-ups name: the one opened last.
pub fn current(conn: &mut Conn) -> QueryResult<Option<Receiving>> {
    receiving_accounts::table
        .filter(receiving_accounts::state.eq_any([ReceivingState::Open, ReceivingState::Closing]))
        .order(receiving_accounts::id.desc())
        .select(RECEIVING)
        .first(conn)
        .optional()
}

/// Those on whose statements entries may stand: money still arrives on closed ones.
pub fn known(conn: &mut Conn) -> QueryResult<Vec<Receiving>> {
    receiving_accounts::table
        .filter(receiving_accounts::opened_by_id.is_not_null())
        .order(receiving_accounts::id.desc())
        .select(RECEIVING)
        .load(conn)
}

/// A row of the finance page.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The account.
    pub account: Receiving,
    /// Where it stands.
    pub state: ReceivingState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Whether the viewer proposed it.
    pub own_proposal: bool,
    /// Whether the viewer asked to close it.
    pub own_closing: bool,
    /// When it was proposed, UTC.
    pub at: Moment,
}

/// All of them, newest first. There are few.
pub fn all(conn: &mut Conn, viewer: i64) -> QueryResult<Vec<Listed>> {
    let rows: Vec<(Receiving, ReceivingState, i64, Option<i64>, String, Moment)> = receiving_accounts::table
        .inner_join(people::table.on(receiving_accounts::proposed_by_id.eq(people::id)))
        .order(receiving_accounts::id.desc())
        .limit(200)
        .select((
            RECEIVING,
            receiving_accounts::state,
            receiving_accounts::proposed_by_id,
            receiving_accounts::closing_by_id,
            people::address,
            receiving_accounts::created_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(account, state, proposer, closer, proposed_by, at)| Listed {
            account,
            state,
            proposed_by,
            own_proposal: proposer == viewer,
            own_closing: closer == Some(viewer),
            at,
        })
        .collect())
}

/// Proposes an account; customers do not see it yet.
pub fn propose(conn: &mut Conn, ctx: &Context, new: &NewReceiving) -> Result<Number, Fault> {
    let person = ctx.author.person_id.ok_or(Fault::FourEyes)?;
    let number = Number::random('B');
    diesel::insert_into(receiving_accounts::table)
        .values((
            receiving_accounts::number.eq(&number),
            receiving_accounts::bank_name.eq(&new.bank_name),
            receiving_accounts::holder.eq(&new.holder),
            receiving_accounts::account_number.eq(&new.account_number),
            receiving_accounts::currency.eq(&new.currency),
            receiving_accounts::instructions.eq(&new.instructions),
            receiving_accounts::state.eq(ReceivingState::Proposed),
            receiving_accounts::proposed_by_id.eq(person),
            receiving_accounts::created_at.eq(ctx.now),
        ))
        .execute(conn)?;
    record(conn, ctx, Event::ReceivingProposed, &number)?;
    Ok(number)
}

/// Opens a proposed account, by somebody else than who proposed it.
pub fn open(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Fault> {
    let person = ctx.author.person_id.ok_or(Fault::FourEyes)?;
    let (proposer, _) = owners(conn, number)?;
    if proposer == person {
        return Err(Fault::FourEyes);
    }
    let changed = diesel::update(receiving_accounts::table)
        .filter(receiving_accounts::number.eq(number))
        .filter(receiving_accounts::state.eq(ReceivingState::Proposed))
        .set((receiving_accounts::state.eq(ReceivingState::Open), receiving_accounts::opened_by_id.eq(Some(person))))
        .execute(conn)?;
    moved(changed)?;
    Ok(record(conn, ctx, Event::ReceivingOpened, number)?)
}

/// Drops a proposal at once; asks to close an open account; closes it when somebody else asked before.
pub fn close(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Fault> {
    let person = ctx.author.person_id.ok_or(Fault::FourEyes)?;
    let (_, state) = owners(conn, number)?;
    let target = receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .filter(receiving_accounts::state.eq(state));
    let (changed, event) = match state {
        ReceivingState::Proposed => {
            let set = (
                receiving_accounts::state.eq(ReceivingState::Closed),
                receiving_accounts::closed_by_id.eq(Some(person)),
            );
            (diesel::update(target).set(set).execute(conn)?, Event::ReceivingClosed)
        }
        ReceivingState::Open => {
            let set = (
                receiving_accounts::state.eq(ReceivingState::Closing),
                receiving_accounts::closing_by_id.eq(Some(person)),
            );
            (diesel::update(target).set(set).execute(conn)?, Event::ReceivingClosing)
        }
        ReceivingState::Closing => {
            let other = target.filter(receiving_accounts::closing_by_id.ne(Some(person)));
            let set = (
                receiving_accounts::state.eq(ReceivingState::Closed),
                receiving_accounts::closed_by_id.eq(Some(person)),
            );
            match diesel::update(other).set(set).execute(conn)? {
                0 => return Err(Fault::FourEyes),
                changed => (changed, Event::ReceivingClosed),
            }
        }
        ReceivingState::Closed => return Err(Fault::WrongState),
    };
    moved(changed)?;
    Ok(record(conn, ctx, event, number)?)
}

fn owners(conn: &mut Conn, number: &Number) -> Result<(i64, ReceivingState), Fault> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select((receiving_accounts::proposed_by_id, receiving_accounts::state))
        .first(conn)
        .optional()?
        .ok_or(Fault::NotFound)
}

fn moved(changed: usize) -> Result<(), Fault> {
    if changed == 1 { Ok(()) } else { Err(Fault::WrongState) }
}

fn record(conn: &mut Conn, ctx: &Context, event: Event, number: &Number) -> QueryResult<()> {
    records::keep(conn, ctx, Entry::new(event).about(number.as_str()))
}
