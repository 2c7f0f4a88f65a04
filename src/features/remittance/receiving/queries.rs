//! Our receiving accounts. One member of finance proposes or asks to close, a second one opens or closes (D1).

pub(super) mod choosing;
pub(super) mod owing;
pub(super) mod standing;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Range, ReceivingMove, ReceivingState};
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, people, receiving_accounts};
use crate::base::types::{Moment, Money, Number};
use crate::each;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::model::signs;
use crate::features::staff::Officer;

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
    /// The amounts of the top-ups that name it.
    pub range: Range,
    /// The one account whose top-ups name it; everybody's when there is none.
    pub for_account_id: Option<i64>,
}

/// One of our bank accounts, as customers are told of it.
#[derive(Debug, Clone, Queryable)]
pub struct Receiving {
    pub(in crate::features::remittance) id: i64,
    /// Its public number.
    pub number: Number,
    /// Where it stands.
    pub state: ReceivingState,
    /// The bank and its branch.
    pub bank_name: String,
    /// Whose account it is.
    pub holder: String,
    /// Its number.
    pub account_number: String,
    /// By what it is the same account at the bank.
    pub(in crate::features::remittance) account_key: String,
    /// ISO 4217.
    pub currency: String,
    /// What a payer has to know.
    pub instructions: String,
    /// The amounts of the top-ups that name it.
    pub range: Range,
    /// The one account whose top-ups name it.
    pub(in crate::features::remittance) for_account_id: Option<i64>,
}

impl Receiving {
    /// Whether a top-up of this account and amount may name it.
    pub fn takes(&self, account_id: i64, amount: Money) -> bool {
        self.for_account_id.is_none_or(|own| own == account_id) && self.range.holds(amount)
    }
}

pub(in crate::features::remittance) type ReceivingColumns = (
    receiving_accounts::id,
    receiving_accounts::number,
    receiving_accounts::state,
    receiving_accounts::bank_name,
    receiving_accounts::holder,
    receiving_accounts::account_number,
    receiving_accounts::account_key,
    receiving_accounts::currency,
    receiving_accounts::instructions,
    (receiving_accounts::min_amount, receiving_accounts::max_amount),
    receiving_accounts::for_account_id,
);
pub(in crate::features::remittance) const RECEIVING: ReceivingColumns = (
    receiving_accounts::id,
    receiving_accounts::number,
    receiving_accounts::state,
    receiving_accounts::bank_name,
    receiving_accounts::holder,
    receiving_accounts::account_number,
    receiving_accounts::account_key,
    receiving_accounts::currency,
    receiving_accounts::instructions,
    (receiving_accounts::min_amount, receiving_accounts::max_amount),
    receiving_accounts::for_account_id,
);

/// The account of this number, if it was ever open: money still arrives on closed ones.
pub fn opened(conn: &mut Conn, number: &Number) -> QueryResult<Option<Receiving>> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .filter(receiving_accounts::opened_by_id.is_not_null())
        .select(RECEIVING)
        .first(conn)
        .optional()
}

/// Those on whose statements entries may stand, each account at the bank once: money still arrives on closed ones. One that
/// was closed and opened anew is the one that stands, else the newest.
pub fn known(conn: &mut Conn) -> QueryResult<Vec<Receiving>> {
    let rows: Vec<Receiving> = receiving_accounts::table
        .filter(receiving_accounts::opened_by_id.is_not_null())
        .order(receiving_accounts::id.desc())
        .select(RECEIVING)
        .load(conn)?;
    let (closed, mut known): (Vec<_>, Vec<_>) = rows.into_iter().partition(|one| one.state == ReceivingState::Closed);
    for one in closed {
        if known.iter().all(|other| other.account_key != one.account_key) {
            known.push(one);
        }
    }
    Ok(known)
}

/// A row of the finance page.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The account.
    pub account: Receiving,
    /// The number of the one account whose top-ups name it.
    pub for_account: Option<String>,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who opened it, once somebody did.
    pub opened_by: Option<String>,
    /// Whether the viewer proposed it.
    pub own_proposal: bool,
    /// Whether the viewer asked to close it.
    pub own_closing: bool,
    /// When it was proposed, UTC.
    pub at: Moment,
}

/// What closing an account comes to.
#[derive(Debug, Clone, QueryableByName)]
pub struct Outcome {
    /// Top-ups that name it and are not declared yet, or have arrived in part.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// What is still payable of these.
    #[diesel(sql_type = BigInt)]
    pub amount: Money,
    /// Those whose money may be on its way.
    #[diesel(sql_type = BigInt)]
    pub declared: i64,
    /// How many people opened them; these are told.
    #[diesel(sql_type = BigInt)]
    pub people: i64,
}

/// Who still owes on this account.
pub fn outcome(conn: &mut Conn, account: &Receiving) -> QueryResult<Outcome> {
    diesel::sql_query(
        "select count(*) filter (where state in ('open', 'partial')) as open, \
         cast(coalesce(sum(amount - received) filter (where state in ('open', 'partial')), 0) as bigint) as amount, \
         count(*) filter (where state not in ('open', 'partial')) as declared, \
         count(distinct opened_by_id) as people \
         from remittances where receiving_account_id = $1 and state in ('open', 'partial', 'declared', 'refused')",
    )
    .bind::<BigInt, _>(account.id)
    .get_result(conn)
}

/// All of them, newest first. There are few.
pub fn all(conn: &mut Conn, viewer: &Officer) -> QueryResult<Vec<Listed>> {
    type Row = (Receiving, i64, Option<i64>, (String, Option<String>), Moment, Option<String>);
    let viewer = viewer.person_id();
    let openers = diesel::alias!(people as openers);
    let rows: Vec<Row> = receiving_accounts::table
        .inner_join(people::table.on(receiving_accounts::proposed_by_id.eq(people::id)))
        .left_join(accounts::table.on(receiving_accounts::for_account_id.eq(accounts::id.nullable())))
        .left_join(openers.on(receiving_accounts::opened_by_id.eq(openers.field(people::id).nullable())))
        .order(receiving_accounts::id.desc())
        .limit(200)
        .select((
            RECEIVING,
            receiving_accounts::proposed_by_id,
            receiving_accounts::closing_by_id,
            (people::address, openers.field(people::address).nullable()),
            receiving_accounts::created_at,
            accounts::number.nullable(),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(account, proposer, closer, (proposed_by, opened_by), at, for_account)| Listed {
            account,
            for_account,
            proposed_by,
            opened_by,
            own_proposal: proposer == viewer,
            own_closing: closer == Some(viewer),
            at,
        })
        .collect())
}

/// Whether an account that is not closed has this number at its bank, however either was typed.
pub(super) fn in_use(conn: &mut Conn, account_number: &str) -> QueryResult<bool> {
    let standing = receiving_accounts::table
        .filter(receiving_accounts::state.ne(ReceivingState::Closed))
        .filter(receiving_accounts::account_key.eq(signs(account_number)));
    diesel::select(diesel::dsl::exists(standing)).get_result(conn)
}

/// The account of a customer by its number.
pub(super) fn customer(conn: &mut Conn, number: &Number) -> QueryResult<Option<i64>> {
    accounts::table.filter(accounts::number.eq(number.as_str())).select(accounts::id).first(conn).optional()
}

/// The one account whose top-ups name the receiving account of this number.
pub(super) fn meant_for(conn: &mut Conn, number: &Number) -> QueryResult<Option<i64>> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select(receiving_accounts::for_account_id)
        .first(conn)
}

/// How many accounts wait for this person as the second one, to open or to close.
pub fn waiting(conn: &mut Conn, person: i64) -> QueryResult<i64> {
    let openings = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Proposed))
        .filter(receiving_accounts::proposed_by_id.ne(person));
    let closings = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Closing))
        .filter(receiving_accounts::closing_by_id.ne(Some(person)));
    let openings: i64 = openings.count().get_result(conn)?;
    let closings: i64 = closings.count().get_result(conn)?;
    Ok(openings + closings)
}

/// The bank of the account of this number.
pub(super) fn bank_of(conn: &mut Conn, number: &Number) -> QueryResult<String> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select(receiving_accounts::bank_name)
        .first(conn)
}

/// Keeps a proposed account; false when one that is not closed has its number at the bank, also when somebody else proposed
/// it in this very moment.
pub(super) fn insert(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    new: &NewReceiving,
) -> QueryResult<bool> {
    let row = (
        receiving_accounts::number.eq(number),
        receiving_accounts::bank_name.eq(&new.bank_name),
        receiving_accounts::holder.eq(&new.holder),
        receiving_accounts::account_number.eq(&new.account_number),
        receiving_accounts::account_key.eq(signs(&new.account_number)),
        receiving_accounts::currency.eq(&new.currency),
        receiving_accounts::instructions.eq(&new.instructions),
        receiving_accounts::state.eq(ReceivingState::Proposed),
        receiving_accounts::proposed_by_id.eq(officer.person_id()),
        receiving_accounts::created_at.eq(officer.ctx().now),
        receiving_accounts::min_amount.eq(new.range.from),
        receiving_accounts::max_amount.eq(new.range.to),
        receiving_accounts::for_account_id.eq(new.for_account_id),
    );
    let kept = each!(conn, c => diesel::insert_into(receiving_accounts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(kept == 1)
}

/// Puts an account into another state and keeps who did; false when somebody else was first.
pub(super) fn change_state(
    conn: &mut Conn,
    number: &Number,
    (from, to): (ReceivingState, ReceivingState),
    by: ReceivingMove,
    person: i64,
) -> QueryResult<bool> {
    let target = receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .filter(receiving_accounts::state.eq(from));
    let (state, person) = (receiving_accounts::state.eq(to), Some(person));
    let changed = match by {
        ReceivingMove::Open => {
            diesel::update(target).set((state, receiving_accounts::opened_by_id.eq(person))).execute(conn)?
        }
        ReceivingMove::AskToClose => {
            diesel::update(target).set((state, receiving_accounts::closing_by_id.eq(person))).execute(conn)?
        }
        ReceivingMove::Keep => {
            diesel::update(target).set((state, receiving_accounts::closing_by_id.eq(None::<i64>))).execute(conn)?
        }
        ReceivingMove::Drop | ReceivingMove::Close => {
            diesel::update(target).set((state, receiving_accounts::closed_by_id.eq(person))).execute(conn)?
        }
    };
    Ok(changed == 1)
}

/// Waits until no other transaction moves a receiving account, so that two that close at once do not send customers to
/// one another. SQLite has one writer and needs no lock.
pub(super) fn hold(conn: &mut Conn) -> QueryResult<()> {
    if let Conn::Pg(pg) = conn {
        receiving_accounts::table
            .select(receiving_accounts::id)
            .order(receiving_accounts::id)
            .for_no_key_update()
            .execute(pg)?;
    }
    Ok(())
}

/// Waits until no other transaction moves a receiving account, and keeps them as they are until the running one ends; others may do so
/// at the same time. It comes before remittances are held.
pub fn stay(conn: &mut Conn) -> QueryResult<()> {
    if let Conn::Pg(pg) = conn {
        receiving_accounts::table
            .select(receiving_accounts::id)
            .order(receiving_accounts::id)
            .for_share()
            .execute(pg)?;
    }
    Ok(())
}

/// Where an account stands, who proposed it, and who asked to close it.
pub(super) type Standing = (ReceivingState, i64, Option<i64>);

/// The account of this number as a move finds it.
pub(super) fn standing(conn: &mut Conn, number: &Number) -> QueryResult<Option<Standing>> {
    receiving_accounts::table
        .filter(receiving_accounts::number.eq(number))
        .select((receiving_accounts::state, receiving_accounts::proposed_by_id, receiving_accounts::closing_by_id))
        .first(conn)
        .optional()
}
