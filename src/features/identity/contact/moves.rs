//! Asking a contact, and what the answer does to the case.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::queries::{self, ContactState};
use crate::base::chance;
use crate::base::db::Conn;
use crate::features::identity::cases::{self, Case, Details, Move};
use crate::features::identity::consents::{Terms, contact_words};
use crate::features::identity::fault::Fault;
use crate::features::identity::{letters, provider};
use crate::services::context::Context;
use crate::web::limits::{self, Limit};

/// How long the link works.
const LIFE: Duration = Duration::from_secs(14 * 86_400);
/// Those that all accounts together mail to one address within an hour: nobody's mailbox is filled by strangers.
const TO_ADDRESS: Limit = Limit::of(5, 3600);

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
    let counted = limits::count(conn, &limits::bucket(&ctx.keys, "identity_contact", &[address]), TO_ADDRESS, ctx.now)?;
    if let Some(wait) = counted.over {
        return Err(Fault::TooOften(wait));
    }
    let token = BASE64URL_NOPAD.encode(&chance::bytes::<32>());
    queries::ask(conn, case.id, queries::hash(&ctx.keys, &token), (ctx.now, ctx.now.plus(LIFE)))?;
    letters::asked(conn, ctx, address, &company.name, &format!("/identity/contact/{token}"))
}

/// The case is over: its link opens nothing any more.
pub(in crate::features::identity) fn end(conn: &mut Conn, case_id: i64) -> Result<(), Fault> {
    Ok(queries::end(conn, case_id)?)
}

/// The contact's answer: agreeing hands the case to the provider or the reviewers, refusing gives it back to whoever asked.
pub(super) fn answer(conn: &mut Conn, ctx: &Context, case: &Case, agrees: bool, terms: &Terms) -> Result<(), Fault> {
    let (state, by) = if agrees {
        (ContactState::Agreed, Move::ContactAgrees)
    } else {
        (ContactState::Refused, Move::ContactRefuses)
    };
    let notice = Sha256::digest(contact_words(terms)?).to_vec();
    if !queries::answered(conn, case.id, state, (notice, &ctx.network), ctx.now)? {
        return Err(Fault::Changed);
    }
    cases::move_by_contact(conn, ctx, case, by, false)?;
    if agrees { provider::begin(conn, ctx, case, terms) } else { letters::contact_refused(conn, ctx, case) }
}

/// Gives cases back whose contact did not answer in time, at most `most`; how many there were.
pub(in crate::features::identity) fn sweep(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Fault> {
    let silent = queries::silent(conn, ctx.now, most)?;
    for case in &silent {
        queries::end(conn, case.id)?;
        cases::move_by_contact(conn, ctx, case, Move::ContactRefuses, true)?;
        letters::contact_refused(conn, ctx, case)?;
    }
    Ok(silent.len())
}
