//! The same moves without a page, to fill a demo company.

mod queries;

use serde_json::json;

pub use super::cases::IdentityMethod;
use super::cases::{self, Case, Move, Part, Sealed, Told};
pub use super::cases::{Company, Details};
use super::consents::{Question, Terms, terms};
use super::fault::Fault;
use super::numbers::DocumentKind;
use super::results::{self, NewResult};
use super::{letters, provider};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::services::consent::{self, ConsentEvent};
use crate::services::context::Context;
use crate::services::records::Event;
use crate::services::storage::Kind;
use crate::web::{Error, House, Stop};

/// The wording to which the people of the demo agree.
pub fn wording(house: &House) -> Result<String, Error> {
    let terms: Terms = terms(house);
    Ok(Question::Document.words(&terms)?)
}

/// A case of the demo.
pub struct NewCase<'a> {
    /// Person and account.
    pub who: (i64, i64),
    /// By what it is proved.
    pub method: IdentityMethod,
    /// What was typed.
    pub details: &'a Details,
    /// The number that is authenticated, masked.
    pub masked_number: &'a str,
    /// A PNG picture.
    pub picture: &'a [u8],
    /// The wording of the consent.
    pub words: &'a str,
}

fn failed(fault: Fault) -> Error {
    match Stop::from(fault) {
        Stop::Failed(error) => error,
        Stop::Refused(_) | Stop::Counted(_) => Error::internal("the demo's case was refused"),
    }
}

/// Begins a case, its picture sent already.
pub fn begin(conn: &mut Conn, ctx: &Context, new: &NewCase<'_>) -> Result<Number, Error> {
    let purpose = Question::Document.purpose();
    consent::keep(conn, ctx, new.who.0, purpose, ConsentEvent::Given, None, new.words)?;
    let told = Told { document: DocumentKind::ResidentId, masked_number: new.masked_number, details: new.details };
    let number = cases::open(conn, ctx, new.who, new.method, &told).map_err(failed)?;
    let case = found(conn, &number)?;
    let part = if new.method == IdentityMethod::Licence { Part::Licence } else { Part::Front };
    let sealed: Sealed = cases::seal_picture(&ctx.keys, &case, part, Kind::Png, new.picture)
        .ok_or_else(|| Error::internal("the demo's case has no key"))?;
    cases::add_picture(conn, &case, sealed, ctx.now).map_err(failed)?;
    Ok(number)
}

/// Hands it in.
pub fn hand_in(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Error> {
    let case = found(conn, number)?;
    cases::move_by(conn, ctx, &case, Move::Submit).map_err(failed)
}

/// A reviewer takes it.
pub fn take(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Error> {
    let case = found(conn, number)?;
    queries::take(conn, case.id, ctx.author.person_id, ctx.now.plus(cases::LEASE))?;
    cases::record(conn, ctx, Event::IdentityTaken, case.account_id, number, json!({})).map_err(failed)
}

/// A reviewer approves it.
pub fn approve(conn: &mut Conn, ctx: &Context, number: &Number) -> Result<(), Error> {
    let case = found(conn, number)?;
    let details = cases::details(&ctx.keys, &case).ok_or_else(|| Error::internal("the demo's case has no key"))?;
    results::store(conn, &ctx.keys, &NewResult::of(&case, &details, ctx.author.person_id, ctx.now), 100)?;
    let to = case.state.after(Move::Approve).map_err(|illegal| failed(illegal.into()))?;
    provider::decide(conn, &case, (to, None), (ctx.now, ctx.author.person_id), ctx.now)?;
    cases::destroy(conn, case.id, ctx.now)?;
    let details = json!({ "method": case.method.as_str() });
    cases::record(conn, ctx, Event::IdentityApproved, case.account_id, number, details).map_err(failed)?;
    letters::approved(conn, ctx, &case).map_err(failed)
}

fn found(conn: &mut Conn, number: &Number) -> Result<Case, Error> {
    queries::found(conn, number)?.ok_or_else(|| Error::internal("the demo lacks a case"))
}
