//! Rules, the changes of them that wait, and what they look back at.

use std::time::Duration;

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{accounts, allocations, aml_rules, people, statement_entries};
use crate::base::types::{Moment, Money};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::aml::model::{Facts, Rule, RuleKind};

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
    pub(in crate::features::remittance::aml) by_id: i64,
}

impl Proposal {
    /// What of it is agreed to, in a word: another change of the same rule is another one.
    pub fn seen(&self) -> String {
        let Rule { kind, active, amount, times, days } = &self.rule;
        format!("{kind}.{active}.{}.{times}.{days}.{}", amount.0, self.by_id)
    }
}

/// The changes that wait for a second person.
pub(in crate::features::remittance::aml) fn proposals(conn: &mut Conn, viewer: i64) -> QueryResult<Vec<Proposal>> {
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
pub(in crate::features::remittance::aml) fn propose(
    conn: &mut Conn,
    officer: &impl Treasurer,
    rule: &Rule,
) -> QueryResult<bool> {
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
pub(in crate::features::remittance::aml) fn settled(conn: &mut Conn, proposal: &Proposal) -> QueryResult<bool> {
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
pub(in crate::features::remittance::aml) fn change(
    conn: &mut Conn,
    officer: &impl Treasurer,
    proposal: &Proposal,
) -> QueryResult<usize> {
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
