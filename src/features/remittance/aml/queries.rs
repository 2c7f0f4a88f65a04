//! Cases. The rules, and what is looked back at, stand in `rules`.

mod rules;

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::model::{CaseMove, CaseState};
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, aml_cases, people, receiving_accounts, statement_entries};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::allocating::Arrived;
use crate::features::remittance::entries::{self, Contradiction, EntryState, Hold};
use crate::features::remittance::sealed::{self, CASE_CONTRADICTION, seal};
use crate::features::staff::Officer;

pub use rules::{Proposal, caught, rules};
pub(super) use rules::{change, proposals, propose, settled};

/// Keeps a case; one that the entry has already stays.
pub(super) fn open(
    conn: &mut Conn,
    number: &Number,
    entry: &Number,
    account_id: Option<i64>,
    why: Hold,
    now: Moment,
) -> QueryResult<usize> {
    let id: i64 = statement_entries::table
        .filter(statement_entries::number.eq(entry))
        .select(statement_entries::id)
        .first(conn)?;
    let row = (
        aml_cases::number.eq(number),
        aml_cases::entry_id.eq(id),
        aml_cases::account_id.eq(account_id),
        aml_cases::rule.eq(why),
        aml_cases::state.eq(CaseState::Open),
        aml_cases::opened_at.eq(now),
    );
    crate::each!(conn, c => diesel::insert_into(aml_cases::table).values(row).on_conflict_do_nothing().execute(c))
}

/// A case as a move finds it.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Case {
    id: i64,
    pub entry: Number,
    pub account_id: Option<i64>,
    pub state: CaseState,
    pub rule: Hold,
    /// Who typed the entry in, or brought its file.
    pub entered_by_id: Option<i64>,
    entry_id: i64,
}

macro_rules! case {
    () => {
        aml_cases::table.inner_join(statement_entries::table).select((
            aml_cases::id,
            statement_entries::number,
            aml_cases::account_id,
            aml_cases::state,
            aml_cases::rule,
            statement_entries::entered_by_id,
            statement_entries::id,
        ))
    };
}

pub(super) fn one(conn: &mut Conn, number: &Number) -> QueryResult<Option<Case>> {
    case!().filter(aml_cases::number.eq(number)).first(conn).optional()
}

pub(super) fn of_entry(conn: &mut Conn, entry: &Arrived) -> QueryResult<Option<Case>> {
    case!().filter(aml_cases::entry_id.eq(entry.row())).first(conn).optional()
}

/// Holds the entry of a case until the running transaction ends; false when it is not credited, or not any more.
pub(super) fn hold_credited(conn: &mut Conn, case: &Case) -> QueryResult<bool> {
    let held = diesel::update(statement_entries::table.find(case.entry_id))
        .filter(statement_entries::state.eq(EntryState::Credited))
        .set(statement_entries::entered_at.eq(statement_entries::entered_at))
        .execute(conn)?;
    Ok(held == 1)
}

/// Keeps how a case ended; false when somebody else was first.
pub(super) fn ended(
    conn: &mut Conn,
    case: &Case,
    to: CaseState,
    (person, note): (i64, &str),
    now: Moment,
) -> QueryResult<bool> {
    let kept = diesel::update(aml_cases::table.find(case.id))
        .filter(aml_cases::state.eq(case.state))
        .set((
            aml_cases::state.eq(to),
            aml_cases::note.eq(Some(note)),
            aml_cases::decided_by_id.eq(Some(person)),
            aml_cases::decided_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps for which account the money of a case was credited, or is to be.
pub(super) fn is_for(conn: &mut Conn, case: &Case, account_id: i64) -> QueryResult<usize> {
    diesel::update(aml_cases::table.find(case.id)).set(aml_cases::account_id.eq(Some(account_id))).execute(conn)
}

/// Keeps that a case waits again; false when somebody else was first.
pub(super) fn opened_again(conn: &mut Conn, case: &Case) -> QueryResult<bool> {
    let kept = diesel::update(aml_cases::table.find(case.id))
        .filter(aml_cases::state.eq(case.state))
        .set((
            aml_cases::state.eq(CaseState::Open),
            aml_cases::note.eq(None::<String>),
            aml_cases::decided_by_id.eq(None::<i64>),
            aml_cases::decided_at.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// A case as list and report show it.
#[derive(Debug, Clone, Queryable)]
pub struct Told {
    /// Its public number.
    pub number: Number,
    /// Where it stands.
    pub state: CaseState,
    /// Why the money waited.
    pub rule: Hold,
    /// Why it ended.
    pub note: Option<String>,
    /// When it was opened, UTC.
    pub opened_at: Moment,
    /// When it ended, UTC.
    pub decided_at: Option<Moment>,
    /// The entry.
    pub entry: Number,
    /// When the bank booked it.
    pub booked_on: Day,
    /// How much.
    pub amount: Money,
    /// In what.
    pub currency: String,
    /// The account's number.
    pub account: Option<String>,
    entry_state: EntryState,
    entered_by_id: Option<i64>,
    decided_by: Option<(Option<String>, String)>,
}

impl Told {
    /// Whether it may be reported.
    pub fn reportable(&self) -> bool {
        self.state.allows(CaseMove::Report)
    }

    /// Whether this person ends it by a word why alone: the money was credited before it was doubted, on somebody else's word.
    pub fn clearable(&self, person: i64) -> bool {
        let credited = self.entry_state == EntryState::Credited && self.entered_by_id != Some(person);
        self.state.allows(CaseMove::Clear) && credited
    }

    /// Whether crediting its entry takes a word why.
    pub fn asks(&self) -> bool {
        self.state.allows(CaseMove::Clear) || self.state == CaseState::Reported
    }

    /// Whether this person typed its entry in.
    pub fn typed_by(&self, person: i64) -> bool {
        self.entered_by_id == Some(person)
    }

    /// What the person is called who ended it.
    pub fn decided_by(&self) -> Option<&str> {
        self.decided_by.as_ref().map(|(name, address)| name.as_deref().unwrap_or(address))
    }
}

macro_rules! told {
    ($own:expr) => {
        aml_cases::table
            .inner_join(statement_entries::table.inner_join(receiving_accounts::table))
            .left_join(accounts::table.on(aml_cases::account_id.eq(accounts::id.nullable())))
            .left_join(people::table.on(aml_cases::decided_by_id.eq(people::id.nullable())))
            .filter(aml_cases::account_id.is_null().or(aml_cases::account_id.ne_all($own)))
            .select((
                aml_cases::number,
                aml_cases::state,
                aml_cases::rule,
                aml_cases::note,
                aml_cases::opened_at,
                aml_cases::decided_at,
                statement_entries::number,
                statement_entries::booked_on,
                statement_entries::amount,
                receiving_accounts::currency,
                accounts::number.nullable(),
                statement_entries::state,
                statement_entries::entered_by_id,
                (people::name, people::address).nullable(),
            ))
    };
}

/// Cases, newest first, from below `after`; of one state or of all; `None` for an unknown cursor. Those of accounts that are
/// also the viewer's own are for others.
pub(super) fn list(
    conn: &mut Conn,
    own: &[i64],
    state: Option<CaseState>,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Told>>> {
    let mut below = i64::MAX;
    if let Some(after) = after {
        let found = aml_cases::table.filter(aml_cases::number.eq(after)).select(aml_cases::id);
        let Some(found) = found.first(conn).optional()? else { return Ok(None) };
        below = found;
    }
    let mut query = told!(own).filter(aml_cases::id.lt(below)).order(aml_cases::id.desc()).limit(most).into_boxed();
    if let Some(state) = state {
        query = query.filter(aml_cases::state.eq(state));
    }
    query.load(conn).map(Some)
}

/// Takes those away whose money also went to, or names, an account of the viewer's own.
pub(super) fn without(conn: &mut Conn, viewer: &Officer, own: &[i64], cases: &mut Vec<Told>) -> QueryResult<()> {
    let numbers: Vec<Number> = cases.iter().map(|case| case.entry.clone()).collect();
    let theirs = entries::concerning(conn, viewer, own, &numbers)?;
    cases.retain(|case| !theirs.contains(&case.entry));
    Ok(())
}

/// One case, unless it is of the viewer's own account.
pub(super) fn told(conn: &mut Conn, viewer: &Officer, own: &[i64], number: &Number) -> QueryResult<Option<Told>> {
    let found: Option<Told> = told!(own).filter(aml_cases::number.eq(number)).first(conn).optional()?;
    let mut found: Vec<Told> = found.into_iter().collect();
    without(conn, viewer, own, &mut found)?;
    Ok(found.pop())
}

/// Keeps with the case of an entry what another file told otherwise of it, after what others did.
pub(super) fn contradict(conn: &mut Conn, keys: &Keys, entry: &Arrived, told: &Contradiction) -> QueryResult<()> {
    let of_entry = || aml_cases::table.filter(aml_cases::entry_id.eq(entry.row()));
    let number: Number = of_entry().select(aml_cases::number).first(conn)?;
    let mut all = contradictions(conn, keys, &entry.number)?;
    all.push(told.clone());
    let sealed = seal(keys, CASE_CONTRADICTION, &number, &Contradiction::keep(&all));
    diesel::update(of_entry()).set(aml_cases::sealed_contradiction.eq(Some(sealed))).execute(conn)?;
    Ok(())
}

/// What other files told otherwise of an entry, oldest first.
pub fn contradictions(conn: &mut Conn, keys: &Keys, entry: &Number) -> QueryResult<Vec<Contradiction>> {
    let found: Option<(Number, Option<Vec<u8>>)> = aml_cases::table
        .inner_join(statement_entries::table)
        .filter(statement_entries::number.eq(entry))
        .select((aml_cases::number, aml_cases::sealed_contradiction))
        .first(conn)
        .optional()?;
    let opened =
        |(case, told): (Number, Option<Vec<u8>>)| sealed::open(keys, CASE_CONTRADICTION, &case, told.as_deref());
    Ok(found.map(opened).as_deref().map(Contradiction::all).unwrap_or_default())
}

/// Which of these cases were opened, or opened again, by a file that this person brought.
pub(super) fn brought_by(conn: &mut Conn, viewer: &Officer, cases: &[Told]) -> QueryResult<BTreeSet<Number>> {
    if cases.is_empty() {
        return Ok(BTreeSet::new());
    }
    let numbers: Vec<&Number> = cases.iter().map(|case| &case.number).collect();
    let found: Vec<(Number, Option<Vec<u8>>)> = aml_cases::table
        .filter(aml_cases::number.eq_any(numbers))
        .filter(aml_cases::sealed_contradiction.is_not_null())
        .select((aml_cases::number, aml_cases::sealed_contradiction))
        .load(conn)?;
    let of_them = found.into_iter().filter(|(case, told)| {
        let told = sealed::open(viewer.keys(), CASE_CONTRADICTION, case, told.as_deref());
        Contradiction::all(&told).iter().any(|told| told.by == Some(viewer.person_id()))
    });
    Ok(of_them.map(|(case, _)| case).collect())
}

/// For which account the case of an entry is.
pub fn account_of(conn: &mut Conn, entry: &Arrived) -> QueryResult<Option<i64>> {
    Ok(of_entry(conn, entry)?.and_then(|case| case.account_id))
}

/// The case of an entry, unless it is of the viewer's own account.
pub fn about(conn: &mut Conn, own: &[i64], entry: &Number) -> QueryResult<Option<Told>> {
    told!(own).filter(statement_entries::number.eq(entry)).first(conn).optional()
}

/// What was opened from the first moment on and before the second, oldest first; without the cases of the viewer's own accounts.
pub(super) fn opened_within(conn: &mut Conn, own: &[i64], (from, until): (Moment, Moment)) -> QueryResult<Vec<Told>> {
    told!(own)
        .filter(aml_cases::opened_at.ge(from))
        .filter(aml_cases::opened_at.lt(until))
        .order((aml_cases::opened_at, aml_cases::id))
        .load(conn)
}

/// When the first case was opened.
pub(super) fn first_opened(conn: &mut Conn) -> QueryResult<Option<Moment>> {
    aml_cases::table.order((aml_cases::opened_at, aml_cases::id)).select(aml_cases::opened_at).first(conn).optional()
}
