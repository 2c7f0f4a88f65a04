//! Asking a contact, and what the answer does to the case.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::queries::{self, ContactState};
use crate::base::chance;
use crate::base::db::Conn;
use crate::features::identity::cases::{self, Case, Details, Move};
use crate::features::identity::fault::Fault;
use crate::features::identity::letters;
use crate::services::context::Context;

/// How long the link works.
const LIFE: Duration = Duration::from_secs(14 * 86_400);

/// Mails the contact a link of their own.
pub(in crate::features::identity) fn ask(
    conn: &mut Conn,
    ctx: &Context,
    case: &Case,
    details: &Details,
) -> Result<(), Fault> {
    let Some((company, address)) =
        details.company.as_ref().and_then(|company| Some((company, company.contact.as_ref()?)))
    else {
        return Err(Fault::Changed);
    };
    let token = BASE64URL_NOPAD.encode(&chance::bytes::<32>());
    queries::ask(conn, case.id, queries::hash(&ctx.keys, &token), (ctx.now, ctx.now.plus(LIFE)))?;
    letters::asked(conn, ctx, address, &company.name, &format!("/identity/contact/{token}"))
}

/// The case is over: its link opens nothing any more.
pub(in crate::features::identity) fn end(conn: &mut Conn, case_id: i64) -> Result<(), Fault> {
    Ok(queries::end(conn, case_id)?)
}

/// The contact's answer: agreeing hands the case to the reviewers, refusing gives it back to whoever asked.
pub(super) fn answer(conn: &mut Conn, ctx: &Context, case: &Case, agrees: bool, words: &str) -> Result<(), Fault> {
    let (state, by) = if agrees {
        (ContactState::Agreed, Move::ContactAgrees)
    } else {
        (ContactState::Refused, Move::ContactRefuses)
    };
    let to = case.state.after(by)?;
    let notice = Sha256::digest(words).to_vec();
    if !queries::answered(conn, case.id, state, (notice, &ctx.network), ctx.now)? {
        return Err(Fault::Changed);
    }
    cases::moved_by_contact(conn, ctx, case, (to, by))?;
    cases::record(conn, ctx, by.event(), case.account_id, &case.number, json!({ "method": case.method.as_str() }))
}
