//! How a recovery goes. Each move keeps its row, its record and its mails in the running transaction; number, key and pictures
//! are destroyed with the move after which nobody compares them any more.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::{MOST, MOST_HERE, Recovery, RecoveryMove, RecoveryReason, RecoveryState};
use super::queries::{self, Basis, NewRecovery, Step};
use super::telling::{Means, News, tell};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{HalfSignedIn, factors};
use crate::features::identity::cases::{CaseKey, Part, Picture, fingerprints};
use crate::features::identity::fault::Fault;
use crate::features::staff::{Reviewer, Staff, is_near, is_own};
use crate::services::consent::{self, ConsentEvent, Purpose};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::services::storage::Kind;
use crate::web::feature::StaffRole;
use crate::web::roles;
use crate::web::session::{self, PersonState};

const KEY: &str = "account_recoveries.sealed_key";
const TYPED: &str = "account_recoveries.sealed_number";
const BYTES: &str = "recovery_files.sealed_bytes";

/// A picture that is sealed and not kept yet.
pub(super) struct Sealed(Picture, Vec<u8>);

/// Seals a picture under the key of its recovery; nothing when that was destroyed. Slow for a large one: not for the
/// transaction.
pub(super) fn seal_picture(ctx: &Context, recovery: &Recovery, part: Part, kind: Kind, bytes: &[u8]) -> Option<Sealed> {
    let key = CaseKey::open_in(&ctx.keys, KEY, &recovery.number, recovery.sealed_key.as_deref())?;
    let picture = Picture {
        number: Number::random('D'),
        part,
        media_kind: kind.media_type().to_string(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    };
    let sealed = key.seal_at(BYTES, &picture.number, bytes);
    Some(Sealed(picture, sealed))
}

/// The number that was typed, as long as its key stands.
pub(super) fn typed(ctx: &Context, recovery: &Recovery) -> Option<String> {
    let key = CaseKey::open_in(&ctx.keys, KEY, &recovery.number, recovery.sealed_key.as_deref())?;
    let plain = key.open_at(TYPED, &recovery.number, recovery.sealed_number.as_deref()?)?;
    String::from_utf8(plain.to_vec()).ok()
}

/// The bytes of a picture, as long as the key stands.
pub(super) fn bytes(ctx: &Context, recovery: &Recovery, picture: &Picture, sealed: &[u8]) -> Option<Vec<u8>> {
    let key = CaseKey::open_in(&ctx.keys, KEY, &recovery.number, recovery.sealed_key.as_deref())?;
    key.open_at(BYTES, &picture.number, sealed).map(|plain| plain.to_vec())
}

/// Whether somebody asked as often as one may.
pub(super) fn too_often(conn: &mut Conn, half: &HalfSignedIn) -> diesel::QueryResult<bool> {
    let (here, all) = queries::asked_lately(conn, half.person_id(), &half.ctx().network, half.ctx().now)?;
    Ok(here >= MOST_HERE || all >= MOST)
}

/// Begins: the number is sealed under a key of its own, and nobody is told before the pictures are there. `notice` is the
/// wording to which the person agreed.
pub(super) fn begin(
    conn: &mut Conn,
    half: &HalfSignedIn,
    basis: &Basis,
    (paper, notice, typed): (&str, &str, &str),
) -> Result<(), Fault> {
    let (ctx, number, key) = (half.ctx(), Number::random('W'), CaseKey::random());
    if too_often(conn, half)? {
        return Err(Fault::Changed);
    }
    queries::drop_draft(conn, half)?;
    let new = NewRecovery {
        basis,
        paper,
        sealed_key: key.seal_in(&ctx.keys, KEY, &number),
        sealed_number: key.seal_at(TYPED, &number, typed.as_bytes()),
        agrees: fingerprints(&ctx.keys, typed).contains(&basis.fingerprint),
        notice_hash: Sha256::digest(notice).to_vec(),
        number: &number,
    };
    queries::insert(conn, ctx, half, &new)?;
    consent::keep(conn, ctx, half.person_id(), Purpose::IdentityDocument, ConsentEvent::Given, None, notice)?;
    Ok(())
}

/// Hands it in with its pictures, which were sealed for this very draft; everybody is told at once.
pub(super) fn hand_in(
    conn: &mut Conn,
    half: &HalfSignedIn,
    (draft_id, sealed): (i64, Vec<Sealed>),
    means: &Means,
) -> Result<(), Fault> {
    let ctx = half.ctx();
    let draft = queries::draft_of(conn, half)?.filter(|draft| draft.id == draft_id).ok_or(Fault::Changed)?;
    if too_often(conn, half)? {
        return Err(Fault::Changed);
    }
    for Sealed(picture, bytes) in sealed {
        queries::keep_file(conn, &draft, &picture, bytes, ctx.now)?;
    }
    let asked = step(conn, ctx, &draft, RecoveryMove::Submit, None, (None, ""))?;
    tell(conn, ctx, &asked, News::Asked, means)
}

/// A reviewer says that it is the person. The first one's word waits for the second one's; then the wait begins.
pub(super) fn confirm(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    number: &Number,
    means: &Means,
) -> Result<RecoveryState, Fault> {
    let recovery = decidable(conn, officer, number)?;
    let (_, _, person) = queries::person(conn, recovery.person_id)?;
    if person != PersonState::Active {
        return Err(Fault::Changed);
    }
    // The word of somebody who is no reviewer any more does not count.
    let reviewers = roles::holders(conn, StaffRole::Reviewer)?;
    let first = recovery.first_by_id.is_some_and(|first| reviewers.iter().any(|one| one.id == first));
    let by = if first { RecoveryMove::Second } else { RecoveryMove::Confirm };
    // What was compared must still stand: a name that was withdrawn proves nobody.
    let basis = queries::basis_of(conn, &recovery)?.ok_or(Fault::Changed)?;
    let typed = typed(officer.ctx(), &recovery).ok_or(Fault::Changed)?;
    if !recovery.agrees || !fingerprints(officer.keys(), &typed).contains(&basis.fingerprint) {
        return Err(Fault::Changed);
    }
    let now = step(conn, officer.ctx(), &recovery, by, Some(officer.person_id()), (None, ""))?;
    if now.state == RecoveryState::Waiting {
        tell(conn, officer.ctx(), &now, News::Waiting, means)?;
    }
    Ok(now.state)
}

/// A reviewer is not convinced, also while it waits already.
pub(super) fn reject(
    conn: &mut Conn,
    officer: &Staff<Reviewer>,
    number: &Number,
    (reason, words): (RecoveryReason, &str),
    means: &Means,
) -> Result<(), Fault> {
    let recovery = foreign(conn, officer, number)?;
    let why = (Some(reason), words);
    let now = step(conn, officer.ctx(), &recovery, RecoveryMove::Reject, Some(officer.person_id()), why)?;
    tell(conn, officer.ctx(), &now, News::Rejected(reason, words.to_string()), means)
}

/// The recovery, when it is nobody's of this reviewer.
pub(super) fn foreign(conn: &mut Conn, officer: &Staff<Reviewer>, number: &Number) -> Result<Recovery, Fault> {
    let recovery = queries::by_number(conn, number)?.filter(|one| one.state.is_open()).ok_or(Fault::NotFound)?;
    let own = is_near(conn, officer, recovery.person_id)? || is_own(conn, officer.person_id(), recovery.account_id)?;
    if own { Err(Fault::FourEyes) } else { Ok(recovery) }
}

/// The same, when this reviewer did not confirm it already.
fn decidable(conn: &mut Conn, officer: &Staff<Reviewer>, number: &Number) -> Result<Recovery, Fault> {
    let recovery = foreign(conn, officer, number)?;
    if recovery.first_by_id == Some(officer.person_id()) { Err(Fault::FourEyes) } else { Ok(recovery) }
}

/// Stops it by the link of a notice, or because the factor turned up again.
pub(super) fn cancel(conn: &mut Conn, ctx: &Context, recovery: &Recovery, means: &Means) -> Result<(), Fault> {
    let now = step(conn, ctx, recovery, RecoveryMove::Cancel, None, (None, ""))?;
    tell(conn, ctx, &now, News::Cancelled, means)
}

/// Nobody decided it in time: what was shown is not kept any longer.
pub(super) fn expire(conn: &mut Conn, ctx: &Context, recovery: &Recovery, means: &Means) -> Result<(), Fault> {
    let now = step(conn, ctx, recovery, RecoveryMove::Expire, None, (None, ""))?;
    tell(conn, ctx, &now, News::Expired, means)
}

/// The wait is over: the second factor goes, with all that hung on it. Not when it was used meanwhile, when its owner said that
/// somebody else is in the account or locked it, nor when the authenticated name was withdrawn.
pub(super) fn finish(conn: &mut Conn, ctx: &Context, recovery: &Recovery, means: &Means) -> Result<(), Fault> {
    session::hold(conn, recovery.person_id)?;
    let (_, subject, state) = queries::person(conn, recovery.person_id)?;
    let lost = factors::unused_since(conn, recovery.person_id, recovery.asked_at)?;
    let mut warned = false;
    for event in [Event::Disowned, Event::PersonLocked] {
        warned |= records::happened(conn, recovery.person_id, event, recovery.asked_at)?;
    }
    let basis = queries::basis_of(conn, recovery)?;
    if state != PersonState::Active || !lost || warned || basis.is_none() {
        return cancel(conn, ctx, recovery, means);
    }
    let done = step(conn, ctx, recovery, RecoveryMove::Finish, None, (None, ""))?;
    let lost = factors::remove_lost(conn, ctx, recovery.person_id).map_err(|error| Fault::Factor(error.to_string()))?;
    let lost = lost.ok_or(Fault::Changed)?;
    let entry = Entry::new(Event::TotpOff).of_person(recovery.person_id, subject);
    records::keep(conn, ctx, entry.with(json!({ "recovery": recovery.number.as_str() })))?;
    tell(conn, ctx, &done, News::Done(lost), means)
}

/// The move itself, its state and its record.
fn step(
    conn: &mut Conn,
    ctx: &Context,
    recovery: &Recovery,
    by: RecoveryMove,
    officer: Option<i64>,
    (reason, words): (Option<RecoveryReason>, &str),
) -> Result<Recovery, Fault> {
    let to = recovery.state.after(by).map_err(|_| Fault::Changed)?;
    if !queries::moved(conn, recovery, &Step { to, by: officer, reason }, ctx.now)? {
        return Err(Fault::Changed);
    }
    let details = json!({ "to": to.as_str(), "reason": reason.map(RecoveryReason::as_str), "words": words });
    record(conn, ctx, recovery, by.event(), details)?;
    queries::read(conn, recovery.id).map_err(Into::into)
}

fn record(
    conn: &mut Conn,
    ctx: &Context,
    recovery: &Recovery,
    event: Event,
    details: serde_json::Value,
) -> Result<(), Fault> {
    let (_, subject, _) = queries::person(conn, recovery.person_id)?;
    let entry = Entry::new(event).about(recovery.number.as_str()).of_person(recovery.person_id, subject);
    Ok(records::keep(conn, ctx, entry.with(details))?)
}
