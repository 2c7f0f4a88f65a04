//! Rules and cases.

use std::time::Duration;

use diesel::prelude::*;

use super::model::{CaseMove, CaseState, Facts, Rule, RuleKind};
use crate::base::db::Conn;
use crate::base::db::schema::{
    accounts, allocations, aml_cases, aml_rules, people, receiving_accounts, statement_entries,
};
use crate::base::types::{Day, Moment, Money, Number};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating::Arrived;
use crate::features::remittance::entries::{EntryState, Hold};

type RuleColumns = (RuleKind, bool, Money, i64, i64);

/// All rules, in the order in which they are asked.
pub fn rules(conn: &mut Conn) -> QueryResult<Vec<Rule>> {
    let rows: Vec<RuleColumns> = aml_rules::table
        .filter(aml_rules::kind.eq_any(RuleKind::ALL))
        .order(aml_rules::kind)
        .select((aml_rules::kind, aml_rules::active, aml_rules::amount, aml_rules::times, aml_rules::days))
        .load(conn)?;
    Ok(rows.into_iter().map(|(kind, active, amount, times, days)| Rule { kind, active, amount, times, days }).collect())
}

/// What somebody wants a rule to look for.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The rule as it would be.
    pub rule: Rule,
    /// What the person is called.
    pub by: String,
    /// Whether the viewer wants it.
    pub own: bool,
    pub(super) by_id: i64,
}

impl Proposal {
    /// What of it is agreed to, in a word: another change of the same rule is another one.
    pub fn seen(&self) -> String {
        let Rule { kind, active, amount, times, days } = &self.rule;
        format!("{kind}.{active}.{}.{times}.{days}.{}", amount.0, self.by_id)
    }
}

/// The changes that wait for a second person.
pub(super) fn proposals(conn: &mut Conn, viewer: i64) -> QueryResult<Vec<Proposal>> {
    type Row = (RuleKind, (bool, Money, i64, i64), (i64, Option<String>, String));
    let rows: Vec<Row> = aml_rules::table
        .inner_join(people::table.on(aml_rules::proposed_by_id.eq(people::id.nullable())))
        .order(aml_rules::kind)
        .select((
            aml_rules::kind,
            (
                aml_rules::proposed_active.assume_not_null(),
                aml_rules::proposed_amount.assume_not_null(),
                aml_rules::proposed_times.assume_not_null(),
                aml_rules::proposed_days.assume_not_null(),
            ),
            (people::id, people::name, people::address),
        ))
        .load(conn)?;
    let proposal = |(kind, (active, amount, times, days), (by_id, name, address)): Row| Proposal {
        rule: Rule { kind, active, amount, times, days },
        by: name.unwrap_or(address),
        own: by_id == viewer,
        by_id,
    };
    Ok(rows.into_iter().map(proposal).collect())
}

/// Keeps what somebody wants a rule to look for; false when another change waits.
pub(super) fn propose(conn: &mut Conn, officer: &impl Treasurer, rule: &Rule) -> QueryResult<bool> {
    let kept = diesel::update(aml_rules::table.filter(aml_rules::kind.eq(rule.kind)))
        .filter(aml_rules::proposed_by_id.is_null())
        .set((
            aml_rules::proposed_active.eq(Some(rule.active)),
            aml_rules::proposed_amount.eq(Some(rule.amount)),
            aml_rules::proposed_times.eq(Some(rule.times)),
            aml_rules::proposed_days.eq(Some(rule.days)),
            aml_rules::proposed_by_id.eq(Some(officer.person_id())),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Ends what somebody wanted; false when somebody else was first.
pub(super) fn settled(conn: &mut Conn, proposal: &Proposal) -> QueryResult<bool> {
    let kept = diesel::update(aml_rules::table.filter(aml_rules::kind.eq(proposal.rule.kind)))
        .filter(aml_rules::proposed_by_id.eq(Some(proposal.by_id)))
        .filter(aml_rules::proposed_active.eq(Some(proposal.rule.active)))
        .filter(aml_rules::proposed_amount.eq(Some(proposal.rule.amount)))
        .filter(aml_rules::proposed_times.eq(Some(proposal.rule.times)))
        .filter(aml_rules::proposed_days.eq(Some(proposal.rule.days)))
        .set((
            aml_rules::proposed_active.eq(None::<bool>),
            aml_rules::proposed_amount.eq(None::<Money>),
            aml_rules::proposed_times.eq(None::<i64>),
            aml_rules::proposed_days.eq(None::<i64>),
            aml_rules::proposed_by_id.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Keeps what a rule looks for, as one person wanted it and a second one agreed to.
pub(super) fn change(conn: &mut Conn, officer: &impl Treasurer, proposal: &Proposal) -> QueryResult<usize> {
    let rule = &proposal.rule;
    diesel::update(aml_rules::table.filter(aml_rules::kind.eq(rule.kind)))
        .set((
            aml_rules::active.eq(rule.active),
            aml_rules::amount.eq(rule.amount),
            aml_rules::times.eq(rule.times),
            aml_rules::days.eq(rule.days),
            aml_rules::changed_by_id.eq(Some(proposal.by_id)),
            aml_rules::agreed_by_id.eq(Some(officer.person_id())),
            aml_rules::changed_at.eq(officer.ctx().now),
        ))
        .execute(conn)
}

/// Transfers of an account that are looked back at, the largest of those that a rule counts: more than any rule asks for, and a
/// rush of small ones hides none.
const LOOKED_BACK_AT: i64 = 1_000;

/// The first rule that catches money for this account.
pub fn caught(conn: &mut Conn, account_id: i64, amount: Money, now: Moment) -> QueryResult<Option<RuleKind>> {
    let account_since: Moment = accounts::table.find(account_id).select(accounts::created_at).first(conn)?;
    let facts = Facts { amount, account_since, now };
    for rule in rules(conn)? {
        let before = if rule.active && rule.kind.counts() { lately(conn, account_id, &rule, now)? } else { Vec::new() };
        if rule.catches(&facts, &before) {
            return Ok(Some(rule.kind));
        }
    }
    Ok(None)
}

/// What came for an account within the days of a rule, by transfer.
fn lately(conn: &mut Conn, account_id: i64, rule: &Rule, now: Moment) -> QueryResult<Vec<Money>> {
    let days = u64::try_from(rule.days).unwrap_or_default();
    let since = now.minus(Duration::from_secs(days.saturating_mul(86_400)));
    let rows: Vec<(i64, Money)> = allocations::table
        .inner_join(statement_entries::table)
        .filter(allocations::account_id.eq(account_id))
        .filter(allocations::undone_by_id.is_null())
        .filter(allocations::allocated_at.ge(since))
        .filter(statement_entries::amount.lt(rule.amount))
        .order(statement_entries::amount.desc())
        .limit(LOOKED_BACK_AT)
        .select((statement_entries::id, statement_entries::amount))
        .load(conn)?;
    // An entry that was split counts once.
    let mut rows = rows;
    rows.sort_unstable_by_key(|(id, _)| *id);
    rows.dedup_by_key(|(id, _)| *id);
    Ok(rows.into_iter().map(|(_, amount)| amount).collect())
}

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

/// One case, unless it is of the viewer's own account.
pub(super) fn told(conn: &mut Conn, own: &[i64], number: &Number) -> QueryResult<Option<Told>> {
    told!(own).filter(aml_cases::number.eq(number)).first(conn).optional()
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
