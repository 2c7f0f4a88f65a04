//! What support does with a work order beside answering: notes, assignment, resolution.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::pages::{Show, address, load, number};
use crate::base::db::Conn;
use crate::features::staff::{Staff, Support};
use crate::features::tickets::conversation::forms::Note;
use crate::features::tickets::conversation::moves;
use crate::features::tickets::conversation::pages::done;
use crate::features::tickets::queries::take_as_staff;
use crate::web::feature::StaffRole;
use crate::web::roles;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Stop, Visit, again};

pub(in crate::features::tickets) async fn note(
    visit: Visit<Staff<Support>>,
    path: web::Path<String>,
    form: Form<Note>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let own = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form: &Note| {
            let text = form.check()?;
            let ticket = take_as_staff(conn, officer, &own)?;
            moves::note(conn, officer, &ticket, &text)?;
            Ok(Goto::to(address(&own)).saying(Flash::NoteKept))
        })
        .await?;
    drawn(&visit, ended, number, |form| form.note.clone()).await
}

/// To whom it is given: the address of a member of support.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::tickets) struct Assign {
    to: String,
}

pub(in crate::features::tickets) async fn assign(
    visit: Visit<Staff<Support>>,
    path: web::Path<String>,
    form: Form<Assign>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let own = number.clone();
    let ended = visit
        .write(&form, move |conn, officer, form: &Assign| {
            let support = roles::holders(conn, StaffRole::Support)?;
            let Some(colleague) = support.iter().find(|colleague| colleague.address == form.to) else {
                return Err(Stop::Refused(Errors::one("to", FieldError::UnknownChoice)));
            };
            let ticket = take_as_staff(conn, officer, &own)?;
            moves::assign(conn, officer, &ticket, colleague.id)?;
            Ok(Goto::to(address(&own)).saying(Flash::TicketAssigned))
        })
        .await?;
    drawn(&visit, ended, number, |_| String::new()).await
}

pub(in crate::features::tickets) async fn resolve(
    visit: Visit<Staff<Support>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let ticket = take_as_staff(conn, officer, &number)?;
            moves::resolve(conn, officer, &ticket)?;
            Ok(Goto::to(address(&number)).saying(Flash::TicketResolved))
        })
        .await?;
    done(ended)
}

/// The redirect, or the page of the work order with what was wrong.
async fn drawn<F>(
    visit: &Visit<Staff<Support>>,
    ended: Ended<HttpResponse, F>,
    number: crate::base::types::Number,
    note: impl FnOnce(&F) -> String,
) -> Result<HttpResponse, Error> {
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let note = note(&form);
            let look = move |conn: &mut Conn, officer: &Staff<Support>| {
                let seen = load(conn, officer, &number)?;
                Ok((seen.looked(), seen))
            };
            let (_, seen) = visit.look("work_order", look).await?;
            again(Show { shell: *shell, seen, text: String::new(), note, kept: Vec::new(), errors })
        }
    }
}
