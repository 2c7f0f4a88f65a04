//! What an attempt does to its case. One transaction each, with record and letter; a decision destroys key, numbers and
//! pictures in the same one unless an appeal window is set.

use std::time::Duration;

use serde_json::json;

use super::model::{AttemptMove, Turn};
use super::protocol::Said;
use super::queries::{self, Attempt};
use crate::base::config::IdentityRules;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::identity::cases::{self, Case, CaseKey, CaseState, IdentityKind, Move, Reason};
use crate::features::identity::consents::{Terms, provider_agreed};
use crate::features::identity::fault::Fault;
use crate::features::identity::letters;
use crate::features::identity::results::{self, NewResult};
use crate::services::context::Context;
use crate::services::records::Event;

/// How long the provider has in all, trying again included; then a reviewer looks at the case.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// A case that waits from now on goes to the provider first, when there is one and its person agreed to that. Refusing
/// loses nothing: the reviewers have it at once.
pub(in crate::features::identity) fn begin(
    conn: &mut Conn,
    ctx: &Context,
    case: &Case,
    terms: &Terms,
) -> Result<(), Fault> {
    if provider_agreed(conn, case.person_id, terms)? {
        queries::begin(conn, case.id, ctx.now, ctx.now.plus(PATIENCE))?;
    }
    Ok(())
}

/// The case is over or taken back: what the provider says of it counts no more.
pub(in crate::features::identity) fn end(conn: &mut Conn, ctx: &Context, case_id: i64) -> Result<(), Fault> {
    Ok(queries::end(conn, case_id, &Turn::of(AttemptMove::End), ctx.now)?)
}

/// Keeps that the provider is asked: on record before anything leaves.
pub(super) fn asked(conn: &mut Conn, ctx: &Context, case: &Case, host: &str) -> Result<(), Fault> {
    let details = json!({ "provider": host });
    cases::record(conn, ctx, Event::IdentityProviderAsked, case.account_id, &case.number, details)
}

/// The provider has it and answers later.
pub(super) fn wait(conn: &mut Conn, attempt: &Attempt) -> Result<(), Fault> {
    Ok(queries::pending(conn, attempt, &Turn::of(AttemptMove::Wait))?)
}

/// It is sent again, at this moment at the earliest.
pub(super) fn again(conn: &mut Conn, attempt: &Attempt, at: Moment) -> Result<(), Fault> {
    Ok(queries::later(conn, attempt, &Turn::of(AttemptMove::Again), at)?)
}

/// What the provider said, or that it said nothing. The first word counts; any further one changes nothing.
pub(super) fn settle(
    conn: &mut Conn,
    ctx: &Context,
    (attempt, case): (&Attempt, &Case),
    said: Said,
    rules: IdentityRules,
) -> Result<(), Fault> {
    let turn = Turn::of(AttemptMove::Settle);
    if !queries::settle(conn, attempt, &turn, said.outcome(), ctx.now)? || case.state != CaseState::Waiting {
        return Ok(());
    }
    match said {
        // Where two people have to look at a company, no machine is one of them.
        Said::Verified if rules.second_reviewer && case.kind == IdentityKind::Corporate => {
            pass_on(conn, ctx, case, said)
        }
        Said::Verified => approve(conn, ctx, case, rules),
        Said::Rejected(reason) => {
            decide(conn, ctx, case, Move::Reject, Some(reason), rules)?;
            letters::rejected(conn, ctx, case, reason, "")
        }
        Said::Unknown | Said::Silent => pass_on(conn, ctx, case, said),
    }
}

/// The reviewers have the case from now on; its place in their queue is the one of when it was handed in.
fn pass_on(conn: &mut Conn, ctx: &Context, case: &Case, said: Said) -> Result<(), Fault> {
    let details = json!({ "outcome": said.outcome().as_str() });
    cases::record(conn, ctx, Event::IdentityProviderPassed, case.account_id, &case.number, details)
}

fn approve(conn: &mut Conn, ctx: &Context, case: &Case, rules: IdentityRules) -> Result<(), Fault> {
    let key = CaseKey::open(&ctx.keys, &case.number, case.sealed_key.as_deref()).ok_or(Fault::Changed)?;
    let details = key.open_details(&case.number, case.sealed_details.as_deref()).ok_or(Fault::Changed)?;
    let result = NewResult::of(case, &details, None, ctx.now);
    if !results::store(conn, &ctx.keys, &result, rules.per_number)? {
        // The number stands for as many accounts as one may: a person looks at it.
        return pass_on(conn, ctx, case, Said::Verified);
    }
    decide(conn, ctx, case, Move::Approve, None, rules)?;
    letters::approved(conn, ctx, case)
}

fn decide(
    conn: &mut Conn,
    ctx: &Context,
    case: &Case,
    by: Move,
    reason: Option<Reason>,
    rules: IdentityRules,
) -> Result<(), Fault> {
    let to = case.state.after(by)?;
    let window = Duration::from_secs(u64::from(rules.appeal_days) * 86_400);
    if !queries::decide(conn, case, (to, reason), (ctx.now, None), ctx.now.plus(window))? {
        return Err(Fault::Changed);
    }
    if rules.appeal_days == 0 {
        cases::destroy(conn, case.id, ctx.now)?;
    }
    let details = json!({ "method": case.method.as_str(), "reason": reason.map(Reason::as_str), "by": "provider" });
    cases::record(conn, ctx, by.event(), case.account_id, &case.number, details)
}
