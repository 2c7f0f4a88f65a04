//! The owner's page that asks for an amount, and the reviewers' pages that record what arrived.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use serde_json::json;

use super::queries::{self, Row};
use crate::base::chance;
use crate::base::types::{Money, Number};
use crate::features::accounts::{Member, Owner};
use crate::features::identity::{
    Found, IdentityKind, Paid, ProofKind, Verified, ask_proof, examine_proof, proved, record_proof, result_of,
};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::receiving;
use crate::features::remittance::top_ups::{self, number_in};
use crate::features::staff::{Reviewer, Staff};
use crate::web::forms::{Asking, Errors, Form};
use crate::web::lists::{After, PAGE, Rows};
use crate::web::visit::Looked;
use crate::web::{Ended, Error, Flash, Goto, Press, Shell, Stop, Visit, again, page};

/// The largest amount that is shown, in minor units: less than one whole unit, so that nobody minds sending it.
const MOST: u32 = 99;

/// Only owners touch identity (A8).
type Asker = Verified<Member<Owner>>;

#[derive(Template)]
#[template(path = "remittance/proving/ask.html")]
struct Ask {
    shell: Shell,
    errors: Errors,
    open: bool,
}

pub(in crate::features::remittance) async fn ask(visit: Visit<Asker>) -> Result<HttpResponse, Error> {
    let currency = visit.house().config.currency.clone();
    let (shell, open) = visit
        .read(move |conn, owner| {
            // Of a person the name alone proves it, and once is enough: there is nothing to ask for.
            let company = result_of(conn, owner)?.is_some_and(|result| result.kind == IdentityKind::Corporate);
            if !company || proved(conn, owner)? {
                return Err(Error::GoFirst("/account/identity".into()));
            }
            Ok(receiving::any_takes_money(conn, owner.account_id(), &currency)?)
        })
        .await?;
    page(Ask { shell, errors: Errors::none(), open })
}

/// Draws the amount and opens a top-up of it: the money is credited as any.
pub(in crate::features::remittance) async fn create(
    visit: Visit<Asker>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let currency = visit.house().config.currency.clone();
    let ended = visit.write(&form, move |conn, owner, _| {
        let amount = Money(i64::from(1 + chance::below(MOST)));
        let number = top_ups::open(conn, owner, amount, &currency).map_err(|fault| match fault {
            // The amount was not chosen here, so there is none to mend.
            Fault::NoneTakesAmount => Fault::NoReceivingAccount,
            other => other,
        })?;
        ask_proof(conn, owner, &number, amount)?;
        Ok(Goto::to(format!("/account/remittances/{}", number.as_str())).saying(Flash::IdentityProofAsked))
    });
    ended.await?.or(|shell, errors, _| Ask { shell, errors, open: true })
}

#[derive(Template)]
#[template(path = "remittance/proving/list.html")]
struct List {
    shell: Shell,
    rows: Rows<Row>,
}

pub(in crate::features::remittance) async fn list(
    visit: Visit<Staff<Reviewer>>,
    Asking(after): Asking<After>,
) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('R', &after.after);
    let (shell, rows) = visit
        .list("proofs", json!({}), move |conn, officer| {
            let load = |after: Option<&Number>| queries::list(conn, officer, after, PAGE + 1);
            Ok(Rows::below(cursor, load, |row| row.number.as_str().to_string())?)
        })
        .await?;
    page(List { shell, rows })
}

#[derive(Template)]
#[template(path = "remittance/proving/show.html")]
struct Show {
    shell: Shell,
    paid: Paid,
    found: Found,
    errors: Errors,
}

async fn seen(visit: &Visit<Staff<Reviewer>>, number: Number) -> Result<(Shell, (Paid, Found)), Error> {
    let zone = visit.house().config.zone.clone();
    let look = visit.look("identity_proof", move |conn, officer| {
        let paid = queries::paid(conn, officer, &number)?.ok_or(Error::NotFound)?;
        let found = examine_proof(conn, officer, &paid, &zone).map_err(failed)?;
        Ok((Looked::at(paid.account_id, number.as_str()), (paid, found)))
    });
    look.await
}

/// What a refused look comes to.
fn failed(stop: Stop) -> Error {
    match stop {
        Stop::Failed(error) => error,
        Stop::Refused(_) | Stop::Counted(_) => Error::Conflict,
    }
}

pub(in crate::features::remittance) async fn show(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
) -> Result<HttpResponse, Error> {
    let (shell, (paid, found)) = seen(&visit, number_in(&path)?).await?;
    page(Show { shell, paid, found, errors: Errors::none() })
}

pub(in crate::features::remittance) async fn record(
    visit: Visit<Staff<Reviewer>>,
    path: Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number_in(&path)?;
    let (zone, target) = (visit.house().config.zone.clone(), number.clone());
    let ended = visit.write(&form, move |conn, officer, _| {
        let paid = queries::paid(conn, officer, &target)?.ok_or(Error::NotFound)?;
        record_proof(conn, officer, &paid, &zone)?;
        Ok(Goto::to("/staff/proofs").saying(Flash::IdentityProofRecorded))
    });
    match ended.await? {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, _) => {
            let (_, (paid, found)) = seen(&visit, number).await?;
            again(Show { shell: *shell, paid, found, errors })
        }
    }
}
