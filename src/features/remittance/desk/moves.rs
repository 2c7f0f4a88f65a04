//! Deciding about entries. A decision, what it does, its records and its mails are one transaction.

use serde_json::json;

use super::model::{DecisionKind, DecisionMove, DecisionState, Planned};
use super::queries::{self, Decision};
use super::screening;
use crate::base::db::Conn;
use crate::base::types::{Money, Number};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::allocating::{self, AllocationKind, Arrived, Payee, Share, Why};
use crate::features::remittance::aml::{self, CaseMove};
use crate::features::remittance::entries::{EntryMove, EntryState};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::matching;
use crate::features::remittance::statements::Side;
use crate::features::staff::is_own;
use crate::services::context::Context;
use crate::services::ledger::{self, Account, Posting, TransactionKind};
use crate::services::records::{self, Entry, Event};

/// What somebody wants to be done with an entry.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What.
    pub kind: DecisionKind,
    /// Of a credit: what it pays. Of `Sent`: the entry that went back.
    pub shares: Vec<Planned>,
    /// Why.
    pub note: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// A second person has to agree.
    Proposed,
}

/// Decides about an entry: at once where one person may, else it waits for a second one. From `four_eyes_from` on, and when the
/// person brought the entry, one may not.
pub fn decide(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    wish: &Wish,
    four_eyes_from: Money,
) -> Result<Outcome, Fault> {
    let (ctx, person) = (officer.ctx(), officer.person_id());
    queries::hold(conn, number)?;
    let arrived = allocating::arrived(conn, number)?.ok_or(Fault::NotFound)?;
    allowed(conn, officer, &arrived, wish)?;
    if wish.kind == DecisionKind::Credit && asks(conn, ctx, &arrived, wish)? && wish.note.is_none() {
        return Err(Fault::NoteMissing);
    }
    let small = !takes_another(&arrived, person, four_eyes_from);
    let alone = wish.kind.always_one() || (small && !wish.kind.always_two());
    let decision = queries::insert(conn, officer, &arrived, wish)?.ok_or(Fault::Changed)?;
    let details = json!({ "amount": arrived.amount, "decision": wish.kind.as_str(), "note": wish.note });
    let event = if alone { Event::EntryDecided } else { Event::EntryDecisionProposed };
    records::keep(conn, ctx, Entry::new(event).about(number.as_str()).with(details))?;
    if !alone {
        return Ok(Outcome::Proposed);
    }
    settled(conn, officer, &decision, DecisionMove::Agree)?;
    carry_out(conn, ctx, &arrived, &decision, (person, person))?;
    Ok(Outcome::Done)
}

/// Whether what this person wants of an entry waits for a second one, where one may do it at all: it is large, or came by them.
pub(super) fn takes_another(arrived: &Arrived, person: i64, four_eyes_from: Money) -> bool {
    arrived.amount >= four_eyes_from || arrived.brought_by(person)
}

/// Whether crediting an entry so takes a word why.
fn asks(conn: &mut Conn, ctx: &Context, arrived: &Arrived, wish: &Wish) -> Result<bool, Fault> {
    let payees = payees(conn, arrived, &wish.shares)?;
    let strange = screening::caught(conn, ctx, arrived, &payees)?;
    let held = arrived.state == EntryState::Held || arrived.set_aside_hold.is_some();
    Ok(strange || held || aml::waits(conn, arrived)? || matching::is_double(conn, ctx, arrived, &payees)?)
}

/// A second person agrees, and it is done.
pub fn agree(conn: &mut Conn, officer: &impl Treasurer, number: &Number) -> Result<Number, Fault> {
    let (ctx, person) = (officer.ctx(), officer.person_id());
    let decision = queries::decision(conn, number)?.ok_or(Fault::NotFound)?;
    if decision.proposed_by_id == person {
        return Err(Fault::FourEyes);
    }
    queries::hold(conn, &decision.entry)?;
    let arrived = allocating::arrived(conn, &decision.entry)?.ok_or(Fault::NotFound)?;
    let wish = Wish { kind: decision.kind, shares: decision.shares()?, note: decision.note.clone() };
    allowed(conn, officer, &arrived, &wish)?;
    // The file of the bank brought the line since: what was wanted was wanted of other words.
    if arrived.entered_at > decision.proposed_at || aml::contradicted_since(conn, ctx, &arrived, decision.proposed_at)?
    {
        return Err(Fault::Changed);
    }
    // The account's real name, or a payer, may have gone since: then somebody has to say why.
    if wish.kind == DecisionKind::Credit && asks(conn, ctx, &arrived, &wish)? && wish.note.is_none() {
        return Err(Fault::Changed);
    }
    settled(conn, officer, &decision, DecisionMove::Agree)?;
    let details = json!({ "amount": arrived.amount, "decision": decision.kind.as_str() });
    records::keep(conn, ctx, Entry::new(Event::EntryDecided).about(arrived.number.as_str()).with(details))?;
    // Who brought the entry credits nothing by it: of the two people it is then the first who does.
    let by = if arrived.entered_by_id == Some(person) { decision.proposed_by_id } else { person };
    carry_out(conn, ctx, &arrived, &decision, (by, person))?;
    Ok(arrived.number)
}

/// A second person refuses, never where money of an account of their own is concerned, or who proposed it takes it back.
pub fn refuse(conn: &mut Conn, officer: &impl Treasurer, number: &Number) -> Result<Number, Fault> {
    let (decision, person) = (queries::decision(conn, number)?.ok_or(Fault::NotFound)?, officer.person_id());
    if decision.state.after(DecisionMove::Refuse).is_ok() && decision.proposed_by_id != person {
        let arrived = allocating::arrived(conn, &decision.entry)?.ok_or(Fault::NotFound)?;
        stranger(conn, officer, &arrived, decision.kind, &decision.shares()?)?;
    }
    refused(conn, officer, &decision)
}

fn refused(conn: &mut Conn, officer: &impl Treasurer, decision: &Decision) -> Result<Number, Fault> {
    settled(conn, officer, decision, DecisionMove::Refuse)?;
    let details = json!({ "decision": decision.kind.as_str() });
    let entry = Entry::new(Event::EntryDecisionRefused).about(decision.entry.as_str());
    records::keep(conn, officer.ctx(), entry.with(details))?;
    Ok(decision.entry.clone())
}

/// Ends what waits for a second person about an entry that was voided: with the entry, whoever proposed what.
pub fn drop_waiting(conn: &mut Conn, officer: &impl Treasurer, entry: &Arrived) -> Result<(), Fault> {
    let Some(number) = queries::waiting_about(conn, entry)? else { return Ok(()) };
    let decision = queries::decision(conn, &number)?.ok_or(Fault::NotFound)?;
    refused(conn, officer, &decision).map(|_| ())
}

fn settled(
    conn: &mut Conn,
    officer: &impl Treasurer,
    decision: &Decision,
    by: DecisionMove,
) -> Result<DecisionState, Fault> {
    let to = decision.state.after(by)?;
    if queries::settled(conn, officer, decision, to)? { Ok(to) } else { Err(Fault::Changed) }
}

/// Whether this person may decide so about the entry as it stands: never about money of an account of their own.
fn allowed(conn: &mut Conn, officer: &impl Treasurer, arrived: &Arrived, wish: &Wish) -> Result<(), Fault> {
    match wish.kind.entry_move() {
        Some(by) => {
            arrived.state.after(by)?;
        }
        // What the bank takes back is no charge: what it had brought is undone and goes back.
        None if arrived.reversal && wish.kind == DecisionKind::Charge => return Err(Fault::Changed),
        None if arrived.side == Side::Debit && !queries::explained(conn, arrived)? => {}
        None => return Err(Fault::Changed),
    }
    stranger(conn, officer, arrived, wish.kind, &wish.shares)
}

/// Whether none of the money concerned is of an account of this person's own.
fn stranger(
    conn: &mut Conn,
    officer: &impl Treasurer,
    arrived: &Arrived,
    kind: DecisionKind,
    planned: &[Planned],
) -> Result<(), Fault> {
    let mut accounts = concerned(conn, officer.ctx(), arrived)?;
    match kind {
        DecisionKind::Credit => accounts.extend(payees(conn, arrived, planned)?),
        DecisionKind::Sent => {
            for number in planned.iter().filter_map(|one| Number::parse('E', &one.reference)) {
                if let Some(back) = allocating::arrived(conn, &number)? {
                    accounts.extend(concerned(conn, officer.ctx(), &back)?);
                }
            }
        }
        _ => {}
    }
    none_own(conn, officer.person_id(), accounts)
}

/// Whether an entry is no money of an account of this person's own, whatever they want of it.
pub fn refuse_own(conn: &mut Conn, officer: &impl Treasurer, arrived: &Arrived) -> Result<(), Fault> {
    let mut accounts = concerned(conn, officer.ctx(), arrived)?;
    if let Some(waiting) = queries::waiting_about(conn, arrived)? {
        let decision = queries::decision(conn, &waiting)?.ok_or(Fault::NotFound)?;
        match payees(conn, arrived, &decision.shares()?) {
            Ok(wanted) => accounts.extend(wanted),
            // What is wanted for nobody is nobody's own.
            Err(Fault::NotFound | Fault::CurrenciesDiffer) => {}
            Err(fault) => return Err(fault),
        }
    }
    none_own(conn, officer.person_id(), accounts)
}

fn none_own(conn: &mut Conn, person: i64, mut accounts: Vec<i64>) -> Result<(), Fault> {
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        if is_own(conn, person, account)? {
            return Err(Fault::FourEyes);
        }
    }
    Ok(())
}

/// The accounts whose money an entry may be: those that its text names, or another file's, those that it paid, also if that was
/// undone, and the one of its case.
fn concerned(conn: &mut Conn, ctx: &Context, arrived: &Arrived) -> diesel::QueryResult<Vec<i64>> {
    let mut accounts = allocating::named_accounts(conn, arrived)?;
    accounts.extend(allocating::ever_paid(conn, arrived)?);
    for told in aml::contradictions(conn, &ctx.keys, &arrived.number)? {
        accounts.extend(allocating::accounts_in(conn, &told.reference, &arrived.currency)?);
    }
    accounts.extend(aml::account_of(conn, arrived)?);
    Ok(accounts)
}

/// The accounts that a credit is for.
fn payees(conn: &mut Conn, arrived: &Arrived, planned: &[Planned]) -> Result<Vec<i64>, Fault> {
    let shares = shares(conn, arrived, planned)?;
    Ok(shares.iter().map(|share| share.target.holder().account_id()).collect())
}

/// What was planned, as it stands now.
fn shares(conn: &mut Conn, arrived: &Arrived, planned: &[Planned]) -> Result<Vec<Share>, Fault> {
    let mut shares = Vec::with_capacity(planned.len());
    for one in planned {
        let number = one.number().ok_or(Fault::NotFound)?;
        let permanent = allocating::permanent_of(conn, std::slice::from_ref(&number), &arrived.currency)?.pop();
        let (target, kind) = if let Some(account) = permanent {
            (Payee::Account(account), AllocationKind::Balance)
        } else {
            let target = allocating::target(conn, &number)?.ok_or(Fault::NotFound)?;
            let kind = if one.balance { AllocationKind::Balance } else { AllocationKind::Remittance };
            (target.into(), kind)
        };
        if target.currency() != arrived.currency {
            return Err(Fault::CurrenciesDiffer);
        }
        shares.push(Share { target, kind, amount: one.amount(), charges: Money::ZERO, why: Why::Confirmed });
    }
    Ok(shares)
}

/// Does what was decided: `by` is who credits, `person` who decided last.
fn carry_out(
    conn: &mut Conn,
    ctx: &Context,
    arrived: &Arrived,
    decision: &Decision,
    (by, person): (i64, i64),
) -> Result<(), Fault> {
    match decision.kind {
        DecisionKind::Credit => {
            let shares = shares(conn, arrived, &decision.shares()?)?;
            allocating::allocate(conn, ctx, Some(by), arrived, &shares)?;
            let accounts: Vec<i64> = shares.iter().map(|share| share.target.holder().account_id()).collect();
            aml::credited_to(conn, arrived, &accounts)?;
            aml::end(conn, ctx, arrived, CaseMove::Clear, (person, decision.note.as_deref()))
        }
        DecisionKind::Park => {
            let to = arrived.state.after(EntryMove::Park)?;
            if queries::set_aside(conn, arrived, to)? { Ok(()) } else { Err(Fault::Changed) }
        }
        DecisionKind::SendBack => {
            moved(conn, arrived, decision.kind)?;
            // What was typed in before entries were booked when they come is booked now.
            allocating::book(conn, ctx, arrived)?;
            let suspense = ledger::suspense(conn, &arrived.currency, ctx.now)?;
            let refunds = ledger::refunds_payable(conn, &arrived.currency, ctx.now)?;
            post(conn, ctx, TransactionKind::SendBack, arrived, (suspense, refunds))?;
            aml::end(conn, ctx, arrived, CaseMove::Return, (person, decision.note.as_deref()))?;
            allocating::tell_sent_back(conn, ctx, arrived)
        }
        DecisionKind::Keep => {
            moved(conn, arrived, decision.kind)?;
            let suspense = ledger::suspense(conn, &arrived.currency, ctx.now)?;
            let refunds = ledger::refunds_payable(conn, &arrived.currency, ctx.now)?;
            post(conn, ctx, TransactionKind::KeepEntry, arrived, (refunds, suspense))?;
            // Nobody has said yet why it may be credited.
            aml::reopen(conn, ctx, arrived)
        }
        DecisionKind::Undo => allocating::undo(conn, ctx, arrived, decision.id),
        DecisionKind::Charge => {
            let fees = ledger::fees(conn, &arrived.currency, ctx.now)?;
            let outgoing = ledger::outgoing(conn, &arrived.currency, ctx.now)?;
            let transaction = post(conn, ctx, TransactionKind::BankCharge, arrived, (fees, outgoing))?;
            explain(conn, arrived, transaction, None)
        }
        DecisionKind::Sent => {
            let planned = decision.shares()?;
            let number = planned.first().and_then(|one| Number::parse('E', &one.reference)).ok_or(Fault::NotFound)?;
            let back = allocating::arrived(conn, &number)?.ok_or(Fault::NotFound)?;
            if back.amount != arrived.amount {
                return Err(Fault::AmountsDiffer);
            }
            if back.currency != arrived.currency {
                return Err(Fault::CurrenciesDiffer);
            }
            moved(conn, &back, DecisionKind::Sent)?;
            let refunds = ledger::refunds_payable(conn, &arrived.currency, ctx.now)?;
            let outgoing = ledger::outgoing(conn, &arrived.currency, ctx.now)?;
            let transaction = post(conn, ctx, TransactionKind::SentBack, arrived, (refunds, outgoing))?;
            explain(conn, arrived, transaction, Some(&back))
        }
    }
}

/// The entry's own move.
fn moved(conn: &mut Conn, entry: &Arrived, kind: DecisionKind) -> Result<(), Fault> {
    let by = kind.entry_move().unwrap_or(EntryMove::Send);
    let to = entry.state.after(by)?;
    if queries::moved(conn, entry, to)? { Ok(()) } else { Err(Fault::Changed) }
}

fn explain(conn: &mut Conn, arrived: &Arrived, transaction: i64, back: Option<&Arrived>) -> Result<(), Fault> {
    if queries::explain(conn, arrived, transaction, back)? { Ok(()) } else { Err(Fault::Changed) }
}

/// Moves the whole entry from one account to the other.
fn post(
    conn: &mut Conn,
    ctx: &Context,
    kind: TransactionKind,
    arrived: &Arrived,
    (debit, credit): (Account, Account),
) -> Result<i64, Fault> {
    let object = Some(arrived.number.as_str().to_string());
    Ok(ledger::posted(conn, ctx, Posting { kind, object, transfers: vec![(debit, credit, arrived.amount)] })?.0)
}
