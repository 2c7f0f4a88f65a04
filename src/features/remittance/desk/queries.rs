//! Decisions, and what an entry may be decided on. The queue of entries that need one stands in `queue`.

mod queue;

use diesel::prelude::*;

use super::model::{DecisionKind, DecisionState, Planned};
use super::moves::Wish;
use crate::base::db::Conn;
use crate::base::db::schema::{allocations, entry_decisions, people, remittances, statement_entries};
use crate::base::types::{Day, Moment, Money, Number};
use crate::each;
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating::Arrived;
use crate::features::remittance::entries::{EntryState, Hold};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::RemittanceState;

pub(super) use queue::{following, place};

/// A decision as a move finds it.
#[derive(Debug, Clone, Queryable)]
pub struct Decision {
    pub(super) id: i64,
    pub(super) entry: Number,
    pub(super) kind: DecisionKind,
    pub(super) state: DecisionState,
    shares: String,
    pub(super) note: Option<String>,
    pub(super) proposed_by_id: i64,
    pub(super) proposed_at: Moment,
}

impl Decision {
    /// What was planned.
    pub(super) fn shares(&self) -> Result<Vec<Planned>, Fault> {
        serde_json::from_str(&self.shares).map_err(|_| Fault::NotFound)
    }
}

macro_rules! decision {
    () => {
        (
            entry_decisions::id,
            statement_entries::number,
            entry_decisions::kind,
            entry_decisions::state,
            entry_decisions::shares,
            entry_decisions::note,
            entry_decisions::proposed_by_id,
            entry_decisions::proposed_at,
        )
    };
}

/// The decision of this number.
pub(super) fn decision(conn: &mut Conn, number: &Number) -> QueryResult<Option<Decision>> {
    entry_decisions::table
        .inner_join(statement_entries::table)
        .filter(entry_decisions::number.eq(number))
        .select(decision!())
        .first(conn)
        .optional()
}

/// Holds an entry until the running transaction ends: before anything that hangs on it, as everybody does.
pub fn hold(conn: &mut Conn, number: &Number) -> QueryResult<usize> {
    diesel::update(statement_entries::table.filter(statement_entries::number.eq(number)))
        .set(statement_entries::entered_at.eq(statement_entries::entered_at))
        .execute(conn)
}

/// Keeps what somebody wants; nothing when another decision about the entry waits.
pub(super) fn insert(
    conn: &mut Conn,
    officer: &impl Treasurer,
    entry: &Arrived,
    wish: &Wish,
) -> QueryResult<Option<Decision>> {
    let number = Number::random('X');
    let shares = serde_json::to_string(&wish.shares).unwrap_or_else(|_| "[]".to_string());
    let row = (
        entry_decisions::number.eq(&number),
        entry_decisions::entry_id.eq(entry.row()),
        entry_decisions::kind.eq(wish.kind),
        entry_decisions::state.eq(DecisionState::Proposed),
        entry_decisions::shares.eq(shares),
        entry_decisions::note.eq(&wish.note),
        entry_decisions::proposed_by_id.eq(officer.person_id()),
        entry_decisions::proposed_at.eq(officer.ctx().now),
    );
    let kept = each!(conn, c => diesel::insert_into(entry_decisions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if kept == 1 { decision(conn, &number) } else { Ok(None) }
}

/// What waits for a second person about an entry.
pub(super) fn waiting_about(conn: &mut Conn, entry: &Arrived) -> QueryResult<Option<Number>> {
    entry_decisions::table
        .filter(entry_decisions::entry_id.eq(entry.row()))
        .filter(entry_decisions::state.eq(DecisionState::Proposed))
        .select(entry_decisions::number)
        .first(conn)
        .optional()
}

/// Whether a person ever decided, or wanted, something about the entry of this row.
pub fn touched(conn: &mut Conn, entry: i64) -> QueryResult<bool> {
    let any = entry_decisions::table.filter(entry_decisions::entry_id.eq(entry));
    diesel::select(diesel::dsl::exists(any)).get_result(conn)
}

/// Keeps how a decision ended; false when somebody else was first.
pub(super) fn settled(
    conn: &mut Conn,
    officer: &impl Treasurer,
    decision: &Decision,
    to: DecisionState,
) -> QueryResult<bool> {
    let kept = diesel::update(entry_decisions::table.find(decision.id))
        .filter(entry_decisions::state.eq(decision.state))
        .set((
            entry_decisions::state.eq(to),
            entry_decisions::decided_by_id.eq(Some(officer.person_id())),
            entry_decisions::decided_at.eq(Some(officer.ctx().now)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Moves an entry on; false when it changed meanwhile.
pub(super) fn moved(conn: &mut Conn, entry: &Arrived, to: EntryState) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.row()))
        .filter(statement_entries::state.eq(entry.state))
        .set((
            statement_entries::state.eq(to),
            statement_entries::hold.eq(None::<Hold>),
            statement_entries::set_aside_hold.eq(None::<Hold>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps that an entry is set aside, and why a person had to look at it before; false when it changed meanwhile.
pub(super) fn set_aside(conn: &mut Conn, entry: &Arrived, to: EntryState) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.row()))
        .filter(statement_entries::state.eq(entry.state))
        .set((
            statement_entries::state.eq(to),
            statement_entries::set_aside_hold.eq(statement_entries::hold),
            statement_entries::hold.eq(None::<Hold>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Whether somebody said already what money was for that went out.
pub(super) fn explained(conn: &mut Conn, entry: &Arrived) -> QueryResult<bool> {
    let found: Option<i64> =
        statement_entries::table.find(entry.row()).select(statement_entries::explained_transaction_id).first(conn)?;
    Ok(found.is_some())
}

/// Keeps what money was for that went out; false when somebody else was first.
pub(super) fn explain(conn: &mut Conn, entry: &Arrived, transaction: i64, back: Option<&Arrived>) -> QueryResult<bool> {
    let kept = diesel::update(statement_entries::table.find(entry.row()))
        .filter(statement_entries::explained_transaction_id.is_null())
        .set((
            statement_entries::explained_transaction_id.eq(Some(transaction)),
            statement_entries::counterpart_id.eq(back.map(Arrived::row)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// A decision as the page of its entry shows it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its public number.
    pub number: Number,
    /// What was decided.
    pub kind: DecisionKind,
    /// Where it stands.
    pub state: DecisionState,
    /// What it pays.
    pub shares: Vec<Planned>,
    /// Why.
    pub note: Option<String>,
    /// Who wanted it.
    pub proposed_by: String,
    /// When, UTC.
    pub proposed_at: Moment,
    /// Who agreed or refused.
    pub decided_by: Option<String>,
    /// When, UTC.
    pub decided_at: Option<Moment>,
    /// Whether the viewer proposed it.
    pub own: bool,
}

diesel::alias! {
    const DECIDERS: Alias<Deciders> = people as deciders;
}

type ToldRow = (
    (Number, DecisionKind, DecisionState, String, Option<String>),
    (Option<String>, String, i64, Moment),
    Option<(Option<String>, String)>,
    Option<Moment>,
    Number,
    Money,
);

macro_rules! told {
    () => {
        entry_decisions::table
            .inner_join(statement_entries::table)
            .inner_join(people::table.on(entry_decisions::proposed_by_id.eq(people::id)))
            .left_join(DECIDERS.on(entry_decisions::decided_by_id.eq(DECIDERS.field(people::id).nullable())))
            .select((
                (
                    entry_decisions::number,
                    entry_decisions::kind,
                    entry_decisions::state,
                    entry_decisions::shares,
                    entry_decisions::note,
                ),
                (people::name, people::address, people::id, entry_decisions::proposed_at),
                DECIDERS.fields((people::name, people::address)).nullable(),
                entry_decisions::decided_at,
                statement_entries::number,
                statement_entries::amount,
            ))
    };
}

fn read(viewer: i64, row: ToldRow) -> Waiting {
    let ((number, kind, state, shares, note), (name, address, by, proposed_at), decided, decided_at, entry, amount) =
        row;
    let told = Told {
        number,
        kind,
        state,
        shares: serde_json::from_str(&shares).unwrap_or_default(),
        note,
        proposed_by: name.unwrap_or(address),
        proposed_at,
        decided_by: decided.map(|(name, address)| name.unwrap_or(address)),
        decided_at,
        own: by == viewer,
    };
    Waiting { told, entry, amount }
}

/// What was decided about an entry, newest first.
pub(super) fn of_entry(conn: &mut Conn, viewer: i64, entry: &Number) -> QueryResult<Vec<Told>> {
    let id: Option<i64> = statement_entries::table
        .filter(statement_entries::number.eq(entry))
        .select(statement_entries::id)
        .first(conn)
        .optional()?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let rows: Vec<ToldRow> =
        told!().filter(entry_decisions::entry_id.eq(id)).order(entry_decisions::id.desc()).limit(100).load(conn)?;
    Ok(rows.into_iter().map(|row| read(viewer, row).told).collect())
}

/// A decision in the list of those that wait.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The decision.
    pub told: Told,
    /// The entry.
    pub entry: Number,
    /// Its amount.
    pub amount: Money,
}

/// Decisions of one state, newest first, from below `after`; `None` for an unknown cursor.
pub(super) fn decisions(
    conn: &mut Conn,
    viewer: i64,
    state: DecisionState,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Waiting>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found = entry_decisions::table.filter(entry_decisions::number.eq(after)).select(entry_decisions::id);
        let Some(found) = found.first(conn).optional()? else { return Ok(None) };
        below = found;
    }
    let rows: Vec<ToldRow> = told!()
        .filter(entry_decisions::state.eq(state))
        .filter(entry_decisions::id.lt(below))
        .order(entry_decisions::id.desc())
        .limit(most)
        .load(conn)?;
    Ok(Some(rows.into_iter().map(|row| read(viewer, row)).collect()))
}

/// How many decisions wait for this person as the second one.
pub fn waiting(conn: &mut Conn, person: i64) -> QueryResult<i64> {
    entry_decisions::table
        .filter(entry_decisions::state.eq(DecisionState::Proposed))
        .filter(entry_decisions::proposed_by_id.ne(person))
        .count()
        .get_result(conn)
}

/// How many top-ups are looked at for each thing by which one may be found.
const LOOKED_AT: i64 = 50;
/// Days before its booking for which a transfer may have been on its way.
const DECLARED_BEFORE: i32 = 10;
/// In these states a top-up may still get money.
const PAYABLE: [RemittanceState; 3] = [RemittanceState::Declared, RemittanceState::Partial, RemittanceState::Open];

/// References of top-ups that an entry may pay: of its amount, declared around its day, and of accounts whose money came from the same account before.
pub(super) fn may_pay(conn: &mut Conn, entry: &Arrived) -> QueryResult<(Vec<Number>, Vec<Number>)> {
    // Of what has arrived in part it is the rest that may come now.
    let mut same_amount: Vec<Number> = remittances::table
        .filter(remittances::state.eq(RemittanceState::Partial))
        .filter((remittances::amount - remittances::received).eq(entry.amount))
        .order(remittances::id.desc())
        .limit(LOOKED_AT)
        .select(remittances::number)
        .load(conn)?;
    for state in PAYABLE {
        let found: Vec<Number> = remittances::table
            .filter(remittances::state.eq(state))
            .filter(remittances::amount.eq(entry.amount))
            .order(remittances::id.desc())
            .limit(LOOKED_AT)
            .select(remittances::number)
            .load(conn)?;
        same_amount.extend(found);
    }
    let (hash, booked_on): (Option<String>, Day) = statement_entries::table
        .find(entry.row())
        .select((statement_entries::remitter_hash, statement_entries::booked_on))
        .first(conn)?;
    // Of whatever amount: the name may speak for it, which is sealed and compared when it is opened.
    let declared: Vec<Number> = remittances::table
        .filter(remittances::state.eq(RemittanceState::Declared))
        .filter(remittances::remitted_on.between(booked_on.plus(-DECLARED_BEFORE), booked_on.plus(1)))
        .order(remittances::id.desc())
        .limit(LOOKED_AT)
        .select(remittances::number)
        .load(conn)?;
    same_amount.extend(declared);
    let Some(hash) = hash else { return Ok((same_amount, Vec::new())) };
    let accounts: Vec<i64> = allocations::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::remitter_hash.eq(Some(hash)))
        .filter(allocations::undone_by_id.is_null())
        .order(statement_entries::id.desc())
        .limit(LOOKED_AT)
        .select(allocations::account_id)
        .load(conn)?;
    if accounts.is_empty() {
        return Ok((same_amount, Vec::new()));
    }
    let remembered = remittances::table
        .filter(remittances::account_id.eq_any(accounts))
        .filter(remittances::state.eq_any(PAYABLE))
        .order(remittances::id.desc())
        .limit(LOOKED_AT)
        .select(remittances::number)
        .load(conn)?;
    Ok((same_amount, remembered))
}

/// Credited entries that the bank may take back by this one: those of its amount, newest first.
pub(super) fn taken_back(conn: &mut Conn, entry: &Arrived) -> QueryResult<Vec<Number>> {
    statement_entries::table
        .filter(statement_entries::state.eq(EntryState::Credited))
        .filter(statement_entries::amount.eq(entry.amount))
        .order(statement_entries::id.desc())
        .limit(10)
        .select(statement_entries::number)
        .load(conn)
}
