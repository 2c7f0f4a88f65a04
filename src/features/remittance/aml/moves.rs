//! Opening and ending cases, and changing rules.

use serde_json::json;

use super::model::{CaseMove, CaseState, Rule, RuleKind};
use super::queries::{self, Case, Proposal};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating::{self, Arrived};
use crate::features::remittance::desk;
use crate::features::remittance::entries::{Contradiction, Hold};
use crate::features::remittance::fault::Fault;
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// Keeps that money, for an account if one is known, waits for a person, and why.
pub fn opened(conn: &mut Conn, ctx: &Context, entry: &Number, account_id: Option<i64>, why: Hold) -> Result<(), Fault> {
    if queries::open(conn, &Number::random('G'), entry, account_id, why, ctx.now)? == 0 {
        return Ok(());
    }
    let record = Entry::new(Event::AmlHeld).about(entry.as_str()).with(json!({ "rule": why.as_str() }));
    Ok(records::keep(conn, ctx, record)?)
}

/// Money that was credited to this account, or is to be, is doubted: a case, or the one that there was waits again, for this account.
pub fn doubted(conn: &mut Conn, ctx: &Context, entry: &Arrived, account_id: i64, why: Hold) -> Result<(), Fault> {
    opened(conn, ctx, &entry.number, Some(account_id), why)?;
    reopen(conn, ctx, entry)?;
    about(conn, entry, account_id)
}

/// A case that waits is about the account to which the money goes, whichever the rules had thought of.
fn about(conn: &mut Conn, entry: &Arrived, account_id: i64) -> Result<(), Fault> {
    let Some(case) = queries::of_entry(conn, entry)? else { return Ok(()) };
    if case.state.allows(CaseMove::Clear) && case.account_id != Some(account_id) {
        queries::is_for(conn, &case, account_id)?;
    }
    Ok(())
}

/// The same of money that a person credits: a case that waits is about the first of the accounts that it goes to, unless it is about
/// one of them already.
pub fn credited_to(conn: &mut Conn, entry: &Arrived, accounts: &[i64]) -> Result<(), Fault> {
    let Some(case) = queries::of_entry(conn, entry)? else { return Ok(()) };
    match accounts.first() {
        Some(first) if !case.account_id.is_some_and(|account| accounts.contains(&account)) => {
            about(conn, entry, *first)
        }
        _ => Ok(()),
    }
}

/// Whether a case about this entry waits, or was reported: then crediting it takes a word why.
pub fn waits(conn: &mut Conn, entry: &Arrived) -> Result<bool, Fault> {
    let case = queries::of_entry(conn, entry)?;
    Ok(case.is_some_and(|case| case.state.allows(CaseMove::Clear) || case.state == CaseState::Reported))
}

/// A file of the bank tells otherwise who sent money, or what for, than another one did: a case, about the account that it paid or
/// else the one that it names. What that file told is kept with it.
pub fn contradicted(conn: &mut Conn, ctx: &Context, entry: &Arrived, told: &Contradiction) -> Result<(), Fault> {
    let account = match allocating::paid_accounts(conn, entry)?.first() {
        Some(paid) => Some(*paid),
        None => allocating::named_accounts(conn, entry)?.first().copied(),
    };
    opened(conn, ctx, &entry.number, account, Hold::OtherName)?;
    reopen(conn, ctx, entry)?;
    queries::contradict(conn, &ctx.keys, entry, told)?;
    Ok(())
}

/// Whether a file told otherwise of this entry from a moment on: what was wanted of it then was wanted without knowing that.
pub fn contradicted_since(conn: &mut Conn, ctx: &Context, entry: &Arrived, from: Moment) -> Result<bool, Fault> {
    Ok(queries::contradictions(conn, &ctx.keys, &entry.number)?.iter().any(|told| told.at > from))
}

/// A person credited the entry of a case, or two send it back, and said why. What was reported stays so, whatever becomes of
/// the money.
pub fn end(
    conn: &mut Conn,
    ctx: &Context,
    entry: &Arrived,
    by: CaseMove,
    (person, note): (i64, Option<&str>),
) -> Result<(), Fault> {
    let Some(case) = queries::of_entry(conn, entry)? else { return Ok(()) };
    let Ok(to) = case.state.after(by) else { return Ok(()) };
    let note = note.ok_or(Fault::NoteMissing)?;
    if !queries::ended(conn, &case, to, (person, note), ctx.now)? {
        return Err(Fault::Changed);
    }
    let event = if to == CaseState::Returned { Event::AmlReturned } else { Event::AmlCleared };
    let record = Entry::new(event).about(entry.number.as_str()).with(json!({ "note": note }));
    Ok(records::keep(conn, ctx, record)?)
}

/// Money that was to go back does not, or what it was cleared by is doubted: its case is open again.
pub fn reopen(conn: &mut Conn, ctx: &Context, entry: &Arrived) -> Result<(), Fault> {
    let Some(case) = queries::of_entry(conn, entry)? else { return Ok(()) };
    if case.state.after(CaseMove::Reopen).is_err() {
        return Ok(());
    }
    if !queries::opened_again(conn, &case)? {
        return Err(Fault::Changed);
    }
    let record = Entry::new(Event::AmlHeld).about(entry.number.as_str()).with(json!({ "rule": case.rule.as_str() }));
    Ok(records::keep(conn, ctx, record)?)
}

/// Finance reported a case to the authority.
pub fn report(conn: &mut Conn, officer: &impl Treasurer, number: &Number, note: &str) -> Result<(), Fault> {
    let case = of_another(conn, officer, number)?;
    settled(conn, officer, &case, CaseMove::Report, note)
}

/// Nothing is wrong with money that was credited before it was doubted. Neither who typed it in nor who brought the file that
/// tells otherwise says so; what is not credited is
/// cleared by crediting it.
pub fn clear(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    (note, seen): (&str, &str),
) -> Result<(), Fault> {
    let case = of_another(conn, officer, number)?;
    if case.entered_by_id == Some(officer.person_id()) {
        return Err(Fault::FourEyes);
    }
    // Held, so that nobody undoes the credit while it is said to be right, and no file tells something else of it.
    if !queries::hold_credited(conn, &case)? {
        return Err(Fault::Changed);
    }
    let told = queries::contradictions(conn, &officer.ctx().keys, &case.entry)?;
    if told.iter().any(|one| one.by == Some(officer.person_id())) {
        return Err(Fault::FourEyes);
    }
    if sight(&told) != seen {
        return Err(Fault::ToldMeanwhile);
    }
    settled(conn, officer, &case, CaseMove::Clear, note)
}

/// What of what was told is seen, in a word: what is told later is something else.
pub(super) fn sight(told: &[Contradiction]) -> String {
    told.last().map(|last| format!("{}.{}", told.len(), last.import)).unwrap_or_default()
}

/// A case that is not about money of an account of this person's own.
fn of_another(conn: &mut Conn, officer: &impl Treasurer, number: &Number) -> Result<Case, Fault> {
    let case = queries::one(conn, number)?.ok_or(Fault::NotFound)?;
    let arrived = allocating::arrived(conn, &case.entry)?.ok_or(Fault::NotFound)?;
    desk::refuse_own(conn, officer, &arrived)?;
    Ok(case)
}

fn settled(conn: &mut Conn, officer: &impl Treasurer, case: &Case, by: CaseMove, note: &str) -> Result<(), Fault> {
    let to = case.state.after(by)?;
    if !queries::ended(conn, case, to, (officer.person_id(), note), officer.ctx().now)? {
        return Err(Fault::Changed);
    }
    let event = if to == CaseState::Reported { Event::AmlReported } else { Event::AmlCleared };
    let record = Entry::new(event).about(case.entry.as_str()).with(json!({ "note": note }));
    Ok(records::keep(conn, officer.ctx(), record)?)
}

fn details(rule: &Rule) -> serde_json::Value {
    json!({
        "rule": rule.kind.as_str(), "active": rule.active, "amount": rule.amount, "times": rule.times, "days": rule.days
    })
}

/// Somebody wants a rule to look for something else: a second person has to agree, because what it lets through is credited.
pub fn propose(conn: &mut Conn, officer: &impl Treasurer, rule: &Rule) -> Result<(), Fault> {
    if queries::rules(conn)?.contains(rule) {
        return Err(Fault::AsItIs);
    }
    if !queries::propose(conn, officer, rule)? {
        return Err(Fault::Changed);
    }
    Ok(records::keep(conn, officer.ctx(), Entry::new(Event::AmlRuleProposed).with(details(rule)))?)
}

fn waiting(conn: &mut Conn, officer: &impl Treasurer, kind: RuleKind) -> Result<Proposal, Fault> {
    let found = queries::proposals(conn, officer.person_id())?.into_iter().find(|one| one.rule.kind == kind);
    found.ok_or(Fault::Changed)
}

/// A second person agrees to the change that they saw: the rule looks for something else from now on.
pub fn agree(conn: &mut Conn, officer: &impl Treasurer, kind: RuleKind, seen: &str) -> Result<(), Fault> {
    let proposal = waiting(conn, officer, kind)?;
    if proposal.own {
        return Err(Fault::FourEyes);
    }
    if proposal.seen() != seen {
        return Err(Fault::Changed);
    }
    if !queries::settled(conn, &proposal)? {
        return Err(Fault::Changed);
    }
    queries::change(conn, officer, &proposal)?;
    Ok(records::keep(conn, officer.ctx(), Entry::new(Event::AmlRuleChanged).with(details(&proposal.rule)))?)
}

/// A second person refuses a change, or who wanted it takes it back.
pub fn refuse(conn: &mut Conn, officer: &impl Treasurer, kind: RuleKind) -> Result<(), Fault> {
    let proposal = waiting(conn, officer, kind)?;
    if !queries::settled(conn, &proposal)? {
        return Err(Fault::Changed);
    }
    Ok(records::keep(conn, officer.ctx(), Entry::new(Event::AmlRuleRefused).with(details(&proposal.rule)))?)
}
