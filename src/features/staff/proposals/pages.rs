//! The page of a proposal and its three moves, and the end of what nobody decides.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::model::{Move, Proposal, ProposalState};
use super::moves;
use super::queries::{self, by_number};
use crate::base::db::{Conn, FEW};
use crate::base::types::{Moment, Number};
use crate::features::staff::{Admin, Auditor, Staff};
use crate::services::context::Context;
use crate::web::feature::{JobSpec, Look, StaffRole};
use crate::web::{Ended, Error, Errors, Flash, Form, Goto, House, Press, Shell, Visit, again, page, roles};

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

impl Show {
    fn heading(&self) -> &'static str {
        if self.proposal.removes() { "Authenticator to be taken away" } else { "Roles proposed" }
    }
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
            let state = moves::decide(conn, officer, &number, by)?;
            let flash = match state {
                ProposalState::Approved => Flash::ProposalApproved,
                ProposalState::Rejected => Flash::ProposalRejected,
                _ => Flash::ProposalWithdrawn,
            };
            Ok(Goto::to(format!("/staff/people/proposals/{}", number.as_str())).saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => again(shown(&looking, &path, errors).await?),
    }
}

fn expire(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        let ended = house.db.in_pieces_of(FEW, move |conn, most| moves::expire(conn, &ctx, most));
        ended.await.map_err(|fault| fault.to_string())
    })
}
