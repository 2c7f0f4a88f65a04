//! Permanent references, approved payers, and what arrived by them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::model::{MOST, PayerState};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{
    allocations, approved_payers, people, permanent_references, receiving_accounts, statement_entries,
};
use crate::base::types::{Day, Moment, Money, Number};
use crate::each;
use crate::features::remittance::actor::Steward;
use crate::features::remittance::entries::{EntryState, Hold};
use crate::features::remittance::sealed::{self, PAYER, seal};

/// The permanent reference of an account.
pub fn reference_of(conn: &mut Conn, account_id: i64) -> QueryResult<Option<Number>> {
    permanent_references::table
        .filter(permanent_references::account_id.eq(account_id))
        .select(permanent_references::number)
        .first(conn)
        .optional()
}

/// Keeps the permanent reference of an account; false when it has one.
pub(super) fn insert_reference(conn: &mut Conn, steward: &impl Steward, number: &Number) -> QueryResult<bool> {
    let row = (
        permanent_references::account_id.eq(steward.account_id()),
        permanent_references::number.eq(number),
        permanent_references::made_by_id.eq(steward.person_id()),
        permanent_references::made_at.eq(steward.ctx().now),
    );
    let kept = each!(conn, c => diesel::insert_into(permanent_references::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(kept == 1)
}

/// An approved payer as the page shows it.
#[derive(Debug, Clone)]
pub struct Payer {
    /// Its public number.
    pub number: Number,
    /// The name in which the money comes.
    pub name: String,
    /// Who that is to the account.
    pub relation: String,
    /// What the person is called who approved it.
    pub added_by: String,
    /// When, UTC.
    pub added_at: Moment,
}

/// The approved payers of an account, in the order of their slots.
pub fn standing(conn: &mut Conn, steward: &impl Steward) -> QueryResult<Vec<Payer>> {
    type Row = (Number, Vec<u8>, String, Moment, Option<String>, String);
    let rows: Vec<Row> = approved_payers::table
        .inner_join(people::table.on(approved_payers::added_by_id.eq(people::id)))
        .filter(approved_payers::account_id.eq(steward.account_id()))
        .filter(approved_payers::slot.is_not_null())
        .order(approved_payers::slot)
        .select((
            approved_payers::number,
            approved_payers::sealed_name,
            approved_payers::relation,
            approved_payers::added_at,
            people::name,
            people::address,
        ))
        .load(conn)?;
    let keys = &steward.ctx().keys;
    let opened = |(number, name, relation, added_at, called, address): Row| Payer {
        name: sealed::open(keys, PAYER, &number, Some(&name)),
        number,
        relation,
        added_by: called.unwrap_or(address),
        added_at,
    };
    Ok(rows.into_iter().map(opened).collect())
}

/// The names of the approved payers of an account, for what is compared with them.
pub fn names_of(conn: &mut Conn, keys: &Keys, account_id: i64) -> QueryResult<Vec<String>> {
    let rows: Vec<(Number, Vec<u8>)> = approved_payers::table
        .filter(approved_payers::account_id.eq(account_id))
        .filter(approved_payers::slot.is_not_null())
        .select((approved_payers::number, approved_payers::sealed_name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(number, name)| sealed::open(keys, PAYER, &number, Some(&name))).collect())
}

/// The same of several accounts.
pub fn names_of_all(conn: &mut Conn, keys: &Keys, accounts: &[i64]) -> QueryResult<BTreeMap<i64, Vec<String>>> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, Number, Vec<u8>)> = approved_payers::table
        .filter(approved_payers::account_id.eq_any(accounts))
        .filter(approved_payers::slot.is_not_null())
        .select((approved_payers::account_id, approved_payers::number, approved_payers::sealed_name))
        .load(conn)?;
    let mut all: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (account, number, name) in rows {
        all.entry(account).or_default().push(sealed::open(keys, PAYER, &number, Some(&name)));
    }
    Ok(all)
}

/// What an owner says of a payer.
#[derive(Debug, Clone)]
pub struct NewPayer {
    /// The name in which the money comes.
    pub name: String,
    /// Who that is to the account.
    pub relation: String,
}

/// Keeps a payer in the first slot that is free; false when none is, also when others came in this very moment.
pub(super) fn insert(
    conn: &mut Conn,
    steward: &impl Steward,
    number: &Number,
    new: &NewPayer,
    (agreement_on, agreement_hash): (&str, Vec<u8>),
) -> QueryResult<bool> {
    let taken: Vec<Option<i64>> = approved_payers::table
        .filter(approved_payers::account_id.eq(steward.account_id()))
        .filter(approved_payers::slot.is_not_null())
        .select(approved_payers::slot)
        .load(conn)?;
    let Some(slot) = (1..=MOST).find(|slot| !taken.contains(&Some(*slot))) else { return Ok(false) };
    let ctx = steward.ctx();
    let row = (
        approved_payers::number.eq(number),
        approved_payers::account_id.eq(steward.account_id()),
        approved_payers::state.eq(PayerState::Approved),
        approved_payers::slot.eq(Some(slot)),
        approved_payers::sealed_name.eq(seal(&ctx.keys, PAYER, number, &new.name)),
        approved_payers::relation.eq(&new.relation),
        approved_payers::agreement_on.eq(agreement_on),
        approved_payers::agreement_hash.eq(agreement_hash),
        approved_payers::added_by_id.eq(steward.person_id()),
        approved_payers::added_at.eq(ctx.now),
    );
    let kept = each!(conn, c => diesel::insert_into(approved_payers::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(kept == 1)
}

/// State, name and relation of one of the account's payers.
pub(super) fn own(
    conn: &mut Conn,
    steward: &impl Steward,
    number: &Number,
) -> QueryResult<Option<(PayerState, NewPayer)>> {
    let found: Option<(PayerState, Vec<u8>, String)> = approved_payers::table
        .filter(approved_payers::number.eq(number))
        .filter(approved_payers::account_id.eq(steward.account_id()))
        .select((approved_payers::state, approved_payers::sealed_name, approved_payers::relation))
        .first(conn)
        .optional()?;
    let keys = &steward.ctx().keys;
    Ok(found.map(|(state, name, relation)| {
        (state, NewPayer { name: sealed::open(keys, PAYER, number, Some(&name)), relation })
    }))
}

/// Keeps that a payer was removed; false when somebody else was first.
pub(super) fn removed(
    conn: &mut Conn,
    steward: &impl Steward,
    number: &Number,
    (from, to): (PayerState, PayerState),
) -> QueryResult<bool> {
    let changed = diesel::update(approved_payers::table)
        .filter(approved_payers::number.eq(number))
        .filter(approved_payers::account_id.eq(steward.account_id()))
        .filter(approved_payers::state.eq(from))
        .set((
            approved_payers::state.eq(to),
            approved_payers::slot.eq(None::<i64>),
            approved_payers::removed_by_id.eq(Some(steward.person_id())),
            approved_payers::removed_at.eq(Some(steward.ctx().now)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// What a person is called.
pub(super) fn called(conn: &mut Conn, person_id: i64) -> QueryResult<String> {
    let (name, address): (Option<String>, String) =
        people::table.find(person_id).select((people::name, people::address)).first(conn)?;
    Ok(name.unwrap_or(address))
}

/// Money that arrived under the permanent reference. Who sent it is not told: it may be a stranger's.
#[derive(Debug, Clone, Queryable)]
pub struct Arrival {
    id: i64,
    /// How much.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// The day on which the bank booked it.
    pub booked_on: Day,
    /// Why it waits for us, if a reason is known.
    pub hold: Option<Hold>,
    set_aside_hold: Option<Hold>,
    state: EntryState,
}

impl Arrival {
    /// Whether a person of ours looks at it.
    pub fn waits(&self) -> bool {
        matches!(self.state, EntryState::New | EntryState::Open | EntryState::Held | EntryState::Parked)
    }

    /// Why, if a reason is known; also when it was set aside since.
    pub fn why(&self) -> Option<Hold> {
        self.hold.or(self.set_aside_hold)
    }

    /// Whether it went back already.
    pub fn went_back(&self) -> bool {
        self.state == EntryState::Returned
    }

    /// Whether it goes back, or went back, to who sent it.
    pub fn goes_back(&self) -> bool {
        matches!(self.state, EntryState::Returning | EntryState::Returned)
    }
}

/// What arrived lately under this account's permanent reference, newest first: what was credited to it, what
/// waits for a person of ours, and what goes back. What was credited and undone was not meant for it, and what a bank brings
/// back is ours.
pub fn arrivals(conn: &mut Conn, steward: &impl Steward, reference: &Number, most: i64) -> QueryResult<Vec<Arrival>> {
    let of_state = |state: EntryState| {
        statement_entries::table
            .inner_join(receiving_accounts::table)
            .filter(statement_entries::reference.eq(Some(reference)))
            .filter(statement_entries::state.eq(state))
            .order(statement_entries::id.desc())
            .limit(most)
            .select((
                statement_entries::id,
                statement_entries::amount,
                receiving_accounts::currency,
                statement_entries::booked_on,
                statement_entries::hold,
                statement_entries::set_aside_hold,
                statement_entries::state,
            ))
    };
    let own = allocations::table
        .filter(allocations::entry_id.eq(statement_entries::id))
        .filter(allocations::undone_by_id.is_null())
        .filter(allocations::account_id.eq(steward.account_id()));
    let mut found: Vec<Arrival> = of_state(EntryState::Credited).filter(diesel::dsl::exists(own)).load(conn)?;
    for state in [EntryState::Held, EntryState::Returning, EntryState::Returned] {
        found.extend(of_state(state).load::<Arrival>(conn)?);
    }
    let undone = allocations::table
        .filter(allocations::entry_id.eq(statement_entries::id))
        .filter(allocations::undone_by_id.is_not_null());
    for state in [EntryState::New, EntryState::Open, EntryState::Parked] {
        let untouched = of_state(state)
            .filter(statement_entries::reversal.eq(false))
            .filter(diesel::dsl::not(diesel::dsl::exists(undone)));
        found.extend(untouched.load::<Arrival>(conn)?);
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.id));
    found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(found)
}
