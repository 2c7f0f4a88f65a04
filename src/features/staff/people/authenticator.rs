//! Proposing that somebody's authenticator is taken away (RC3): a second admin decides.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::pages::{Reader, Typed, of_proposal, other, parsed, shown};
use super::queries::Standing;
use crate::features::accounts::factors;
use crate::features::staff::proposals::{self, Wanted};
use crate::features::staff::{Admin, Staff};
use crate::web::forms::plain;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Stop, Visit, again};

/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Removal {
    reason: String,
}

pub(super) async fn create(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Reader>,
    path: web::Path<String>,
    form: Form<Removal>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let person = other(conn, officer, &number)?;
            // Whoever has none gets a new link by one admin, and nobody who is locked out begins anew.
            if person.standing == Standing::Locked || !factors::is_on(conn, person.id)? {
                return Err(Stop::Failed(Error::Conflict));
            }
            let reason = plain::prose(&form.reason, LONGEST_REASON).map_err(|error| Errors::one("reason", error))?;
            let wanted = Wanted::TotpRemoval(person.id, person.subject_id, &reason);
            let proposed = proposals::propose(conn, officer.ctx(), wanted, &[])?;
            let proposed = proposed.ok_or_else(|| Errors::one("reason", FieldError::AlreadyProposed))?;
            Ok(Goto::to(of_proposal(&proposed)).saying(Flash::TotpRemovalProposed))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => {
            let typed = Typed { reason: form.reason.clone(), ..Typed::default() };
            again(shown(&looking, &path, errors, typed).await?)
        }
    }
}
