//! The page of a proposal and its three moves, and the end of what nobody decides.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::model::{Move, Proposal, ProposalState};
use super::queries::{self, by_number, decide, named, over};
use crate::base::db::{Conn, FEW};
use crate::base::types::{Address, Moment, Number};
use crate::features::staff::people::{Kept, add_roles};
use crate::features::staff::queries::{add, still_admin};
use crate::features::staff::{Admin, Auditor, Officer, Staff, letters};
use crate::services::context::Context;
use crate::services::mail;
use crate::web::feature::{JobSpec, Look, StaffRole};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, House, Shell, Stop, Visit, again, page, roles};

pub(in crate::features::staff) const JOBS: &[JobSpec] =
    &[JobSpec { name: "staff_proposals", every: Duration::from_secs(3600), run: expire }];

#[derive(Template)]
#[template(path = "staff/proposals/show.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    proposal: Proposal,
    /// What the person may do already.
    held: Vec<StaffRole>,
    viewer: Viewer,
    waits: bool,
    /// Whether any other admin could decide it.
    second: bool,
}

/// What the reader has to do with the proposal now.
#[derive(PartialEq)]
enum Viewer {
    Decides,
    /// Made it, and may take it back.
    Proposed,
    Reads,
}

#[derive(Template)]
#[template(path = "staff/proposals/card.html")]
struct Card {
    waiting: usize,
}

/// What waits for this admin to decide; nothing when nothing does.
pub(in crate::features::staff) fn card(conn: &mut Conn, ctx: &Context, _: &Look<'_>) -> Result<Option<String>, Error> {
    let Some(me) = ctx.author.person_id else { return Ok(None) };
    let waiting = queries::waiting(conn, ctx.now)?.iter().filter(|proposal| proposal.decidable_by(me)).count();
    if waiting == 0 { Ok(None) } else { Ok(Some(Card { waiting }.render()?)) }
}

/// A button without fields.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Press {}

async fn shown(visit: &Visit<Staff<(Admin, Auditor)>>, number: &str, errors: Errors) -> Result<Show, Error> {
    let number = Number::parse('V', number).ok_or(Error::NotFound)?;
    let (shell, (proposal, held, me, now, second)) = visit
        .read(move |conn, officer| {
            let proposal = by_number(conn, &number)?.ok_or(Error::NotFound)?;
            let admins = roles::holders(conn, StaffRole::Admin)?;
            let second = admins.iter().any(|admin| admin.activated && proposal.decidable_by(admin.id));
            let held = proposal.person.as_ref().map(|person| roles::of(conn, person.id)).transpose()?;
            Ok((proposal, held.unwrap_or_default(), officer.person_id(), officer.now(), second))
        })
        .await?;
    let waits = proposal.waits(now);
    let viewer = if waits && shell.has_role("admin") && proposal.decidable_by(me) {
        Viewer::Decides
    } else if waits && proposal.proposer.id == me {
        Viewer::Proposed
    } else {
        Viewer::Reads
    };
    Ok(Show { shell, errors, proposal, held, viewer, waits, second })
}

pub(super) async fn show(
    visit: Visit<Staff<(Admin, Auditor)>>,
    path: web::Path<String>,
) -> Result<HttpResponse, Error> {
    page(shown(&visit, &path, Errors::none()).await?)
}

pub(super) async fn approve(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Staff<(Admin, Auditor)>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    moved(visit, looking, path, form, Move::Approve).await
}

pub(super) async fn reject(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Staff<(Admin, Auditor)>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    moved(visit, looking, path, form, Move::Reject).await
}

pub(super) async fn withdraw(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Staff<(Admin, Auditor)>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    moved(visit, looking, path, form, Move::Withdraw).await
}

async fn moved(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Staff<(Admin, Auditor)>>,
    path: web::Path<String>,
    form: Form<Press>,
    by: Move,
) -> Result<HttpResponse, Error> {
    let number = Number::parse('V', &path).ok_or(Error::NotFound)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let flash = carry_out(conn, officer, &number, by)?;
            Ok(Goto::to(format!("/staff/people/proposals/{}", number.as_str())).saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors) => again(shown(&looking, &path, errors).await?),
    }
}

fn carry_out(conn: &mut Conn, officer: &Officer, number: &Number, by: Move) -> Result<Flash, Stop> {
    // From here on nobody becomes or ceases to be an admin until this is decided.
    if !still_admin(conn, officer)? {
        return Err(Error::Forbidden.into());
    }
    let (ctx, me) = (officer.ctx(), officer.person_id());
    let mut proposal = by_number(conn, number)?.ok_or(Error::NotFound)?;
    if !proposal.takes(by, me) {
        return Err(Error::Forbidden.into());
    }
    let meanwhile = || Stop::from(Errors::one("form", FieldError::ReplacedMeanwhile));
    if !proposal.waits(ctx.now) {
        return Err(meanwhile());
    }
    if by == Move::Approve {
        // Two admins agree: whoever proposed must still be one.
        if !roles::holders(conn, StaffRole::Admin)?.iter().any(|admin| admin.id == proposal.proposer.id) {
            return Err(meanwhile());
        }
        take_effect(conn, ctx, &mut proposal)?;
    }
    if !decide(conn, ctx, &proposal, by)? {
        return Err(meanwhile());
    }
    if by != Move::Withdraw {
        tell_proposer(conn, ctx, &proposal, by)?;
    }
    Ok(match by {
        Move::Approve => Flash::ProposalApproved,
        Move::Reject => Flash::ProposalRejected,
        Move::Withdraw | Move::Expire => Flash::ProposalWithdrawn,
    })
}

/// What was proposed is done: somebody new is added, or somebody gets the roles.
fn take_effect(conn: &mut Conn, ctx: &Context, proposal: &mut Proposal) -> Result<(), Stop> {
    if let Some(person) = &proposal.person {
        return match add_roles(conn, ctx, &person.number, &proposal.roles)? {
            Ok(()) => Ok(()),
            Err(Kept::LastAdmin | Kept::Meanwhile) => Err(Errors::one("form", FieldError::ReplacedMeanwhile).into()),
        };
    }
    let address = Address::parse(proposal.address()).ok_or_else(|| Error::internal("a stored address is none"))?;
    let added = add(conn, ctx, &address, proposal.new_name.as_deref(), &proposal.roles)?;
    let added = added.ok_or_else(|| Errors::one("form", FieldError::Taken))?;
    mail::send(conn, ctx, letters::activation(ctx, added.person_id, address.as_str(), &added.path)?)?;
    proposal.person = Some(named(conn, added.person_id)?);
    Ok(())
}

fn tell_proposer(conn: &mut Conn, ctx: &Context, proposal: &Proposal, by: Move) -> Result<(), Stop> {
    let Ok(state) = proposal.state.after(by) else { return Ok(()) };
    let facts = letters::Proposed::of(ctx, proposal, state);
    let proposer = &proposal.proposer;
    Ok(mail::send(conn, ctx, letters::proposal_decided(proposer.id, &proposer.address, &facts)?)?)
}

fn expire(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        let ended = house.db.in_pieces_of(FEW, move |conn, most| {
            let over = over(conn, ctx.now, most)?;
            for proposal in &over {
                if decide(conn, &ctx, proposal, Move::Expire)? {
                    let told = tell_proposer(conn, &ctx, proposal, Move::Expire);
                    told.map_err(|stop| diesel::result::Error::SerializationError(format!("{stop:?}").into()))?;
                }
            }
            Ok(over.len())
        });
        ended.await.map_err(|fault| fault.to_string())
    })
}
