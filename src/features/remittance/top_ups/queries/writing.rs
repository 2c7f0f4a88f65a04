//! What a customer, or who acts for one, changes of top-ups.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::remittances;
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::actor::{Payer, Steward};
use crate::features::remittance::bank_number::BankNumber;
use crate::features::remittance::model::{NumberKind, RemittanceState};
use crate::features::remittance::receiving::Receiving;
use crate::features::remittance::sealed::{BANK, BANK_ACCOUNT, REMITTER, seal};
use crate::web::uploads::Upload;

/// Keeps a new top-up.
pub(in crate::features::remittance::top_ups) fn insert(
    conn: &mut Conn,
    payer: &impl Payer,
    number: &Number,
    receiving: &Receiving,
    (amount, claimed): (Money, bool),
) -> QueryResult<()> {
    diesel::insert_into(remittances::table)
        .values((
            remittances::number.eq(number),
            remittances::account_id.eq(payer.account_id()),
            remittances::opened_by_id.eq(payer.person_id()),
            remittances::receiving_account_id.eq(receiving.id),
            remittances::state.eq(RemittanceState::Open),
            remittances::amount.eq(amount),
            remittances::opened_at.eq(payer.ctx().now),
            remittances::claimed_at.eq(claimed.then_some(payer.ctx().now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What the account claimed of this amount and day before, unless it was taken back.
pub(in crate::features::remittance::top_ups) fn claimed_before(
    conn: &mut Conn,
    payer: &impl Payer,
    new: &Declaration,
) -> QueryResult<Option<Number>> {
    remittances::table
        .filter(remittances::account_id.eq(payer.account_id()))
        .filter(remittances::amount.eq(new.amount))
        .filter(remittances::remitted_on.eq(Some(new.remitted_on)))
        .filter(remittances::claimed_at.is_not_null())
        .filter(remittances::state.ne(RemittanceState::Withdrawn))
        .order(remittances::id)
        .select(remittances::number)
        .first(conn)
        .optional()
}

/// What a customer declares of a transfer.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The remitter's name.
    pub remitter: String,
    /// The remitting bank.
    pub bank: String,
    /// Card or account.
    pub kind: NumberKind,
    /// Its number.
    pub bank_number: BankNumber,
    /// How much was sent.
    pub amount: Money,
    /// The day of the transfer.
    pub remitted_on: Day,
}

/// Keeps what was declared, and the new state; false when somebody else was first.
pub(in crate::features::remittance::top_ups) fn declared_as(
    conn: &mut Conn,
    payer: &impl Payer,
    number: &Number,
    new: &Declaration,
    (from, to): (RemittanceState, RemittanceState),
) -> QueryResult<bool> {
    let ctx = payer.ctx();
    let changed = diesel::update(remittances::table)
        .filter(remittances::number.eq(number))
        .filter(remittances::account_id.eq(payer.account_id()))
        .filter(remittances::state.eq(from))
        .set((
            remittances::state.eq(to),
            remittances::amount.eq(new.amount),
            remittances::sealed_remitter.eq(Some(seal(&ctx.keys, REMITTER, number, &new.remitter))),
            remittances::sealed_bank.eq(Some(seal(&ctx.keys, BANK, number, &new.bank))),
            remittances::sealed_bank_account.eq(Some(seal(&ctx.keys, BANK_ACCOUNT, number, new.bank_number.as_str()))),
            remittances::account_kind.eq(Some(new.kind)),
            remittances::account_tail.eq(Some(new.bank_number.tail())),
            remittances::remitted_on.eq(Some(new.remitted_on)),
            remittances::declared_at.eq(Some(ctx.now)),
            remittances::settled_at.eq(None::<Moment>),
            remittances::refusal.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Puts a slip to a declaration.
pub(in crate::features::remittance::top_ups) fn keep_slip(
    conn: &mut Conn,
    payer: &impl Payer,
    number: &Number,
    slip: &Upload,
) -> QueryResult<()> {
    diesel::update(remittances::table)
        .filter(remittances::number.eq(number))
        .filter(remittances::account_id.eq(payer.account_id()))
        .set((
            remittances::slip_key.eq(Some(&slip.storage_key)),
            remittances::slip_name.eq(Some(&slip.file_name)),
            remittances::slip_media_kind.eq(Some(&slip.media_kind)),
            remittances::slip_size.eq(Some(slip.size)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps that a top-up was taken back; false when somebody else was first.
pub(in crate::features::remittance::top_ups) fn settle(
    conn: &mut Conn,
    steward: &impl Steward,
    number: &Number,
    (from, to): (RemittanceState, RemittanceState),
) -> QueryResult<bool> {
    let changed = diesel::update(remittances::table)
        .filter(remittances::number.eq(number))
        .filter(remittances::account_id.eq(steward.account_id()))
        .filter(remittances::state.eq(from))
        .set((remittances::state.eq(to), remittances::settled_at.eq(Some(steward.ctx().now))))
        .execute(conn)?;
    Ok(changed == 1)
}
