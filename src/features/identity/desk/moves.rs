//! What reviewers do with a case: take it, put it back, decide. One transaction each, with record and mail; a decision
//! destroys key, numbers and pictures in the same one unless an appeal window is set.

use std::time::Duration;

use serde_json::json;

use super::queries::{self, Decision};
use crate::base::config::IdentityRules;
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::identity::cases::{self, Case, CaseKey, CaseState, Details, IdentityKind, Move, Reason};
use crate::features::identity::fault::Fault;
use crate::features::identity::letters;
use crate::features::identity::results::{self, NewResult};
use crate::features::staff::{Reviewer, Staff, is_own};
use crate::services::records::Event;

const DAY: u64 = 86_400;
/// How often the next case is looked for when colleagues take one after the other.
const TRIES: usize = 20;

/// Takes the case that waits longest, or the one that the reviewer holds already; nothing when none waits.
pub(super) fn take_next(conn: &mut Conn, officer: &Staff<Reviewer>) -> Result<Option<Number>, Fault> {
    queries::end_leases(conn, officer.now())?;
    if let Some(held) = queries::held(conn, officer)? {
        return Ok(Some(held.number));
    }
    // A colleague may be faster with the one that was next.
    for _ in 0..TRIES {
        let Some(case) = queries::next(conn, officer)? else { return Ok(None) };
        if queries::take(conn, officer, &case)? {
            cases::record(conn, officer.ctx(), Event::IdentityTaken, case.account_id, &case.number, json!({}))?;
            return Ok(Some(case.number));
        }
    }
    Err(Fault::Changed)
}

/// Puts a case back into the queue.
pub(super) fn release(conn: &mut Conn, officer: &Staff<Reviewer>, case: &Case) -> Result<(), Fault> {
    if !queries::release(conn, officer, case)? {
        return Err(Fault::Changed);
    }
    cases::record(conn, officer.ctx(), Event::IdentityReleased, case.account_id, &case.number, json!({}))
}

/// The case, when this reviewer holds it and may decide it.
pub(super) fn in_hand(conn: &mut Conn, officer: &Staff<Reviewer>, number: &Number) -> Result<Case, Fault> {
    let held = queries::held(conn, officer)?.filter(|case| case.number == *number);
    let case = held.ok_or(Fault::LeaseOver)?;
    if is_own(conn, officer.person_id(), case.account_id)? || case.approved_by_id == Some(officer.person_id()) {
        return Err(Fault::FourEyes);
    }
    Ok(case)
}

/// What was typed, as long as its key stands.
pub(super) fn details(officer: &Staff<Reviewer>, case: &Case) -> Option<Details> {
    let key = CaseKey::open(officer.keys(), &case.number, case.sealed_key.as_deref())?;
    key.open_details(&case.number, case.sealed_details.as_deref())
}

/// Approves. Of two reviewers the first one's word waits for the second; the last one's stores the result.
pub(super) fn approve(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    number: &Number,
    rules: IdentityRules,
) -> Result<CaseState, Fault> {
    let case = in_hand(conn, officer, number)?;
    let two = rules.second_reviewer && case.kind == IdentityKind::Corporate;
    let by = if two && case.state == CaseState::Waiting { Move::Second } else { Move::Approve };
    let to = case.state.after(by)?;
    if by == Move::Approve {
        let details = details(officer, &case).ok_or(Fault::Changed)?;
        let result = NewResult::of(&case, &details, Some(officer.person_id()), officer.now());
        if !results::store(conn, officer.keys(), &result, rules.per_number)? {
            return Err(Fault::UsedUp);
        }
    }
    decided(conn, officer, &case, (to, by), (None, ""), rules)?;
    if by == Move::Approve {
        letters::approved(conn, officer.ctx(), &case)?;
    }
    Ok(to)
}

/// Turns a case down for a reason that the customer reads: rejects it, or asks for more.
pub(super) fn turn_down(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    number: &Number,
    (by, reason, words): (Move, Reason, &str),
    rules: IdentityRules,
) -> Result<(), Fault> {
    let case = in_hand(conn, officer, number)?;
    let to = case.state.after(by)?;
    decided(conn, officer, &case, (to, by), (Some(reason), words), rules)?;
    let letter = if by == Move::Reject { letters::rejected } else { letters::returned };
    letter(conn, officer.ctx(), &case, reason, words)
}

fn decided(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    case: &Case,
    (to, by): (CaseState, Move),
    (reason, words): (Option<Reason>, &str),
    rules: IdentityRules,
) -> Result<(), Fault> {
    let window = Duration::from_secs(u64::from(rules.appeal_days) * DAY);
    let destroy_at = officer.now().plus(window);
    if !queries::decide(conn, officer, case, &Decision { to, reason, destroy_at })? {
        return Err(Fault::LeaseOver);
    }
    if !to.is_open() && rules.appeal_days == 0 {
        cases::destroy(conn, case.id, officer.now())?;
    }
    let details = json!({ "method": case.method.as_str(), "reason": reason.map(Reason::as_str), "words": words });
    cases::record(conn, officer.ctx(), by.event(), case.account_id, &case.number, details)
}
