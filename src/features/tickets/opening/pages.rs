//! The page of a new work order.

use std::time::Duration;

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::forms::New;
use super::queries;
use crate::features::accounts::{Any, Customer, Member};
use crate::features::tickets::files::{TAKES, take_over, together};
use crate::features::tickets::model::Category;
use crate::features::tickets::queries::Contact;
use crate::web::forms::{Asking, Kept};
use crate::web::pace::{self, Pace};
use crate::web::page::again_in;
use crate::web::parts::Parts;
use crate::web::uploads::{Sent, Upload, receive, waiting};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Goto, Shell, Stop, Visit, page};

/// Within this time the same words are taken for the same work order, sent again from the page before.
const TWICE: Duration = Duration::from_secs(600);

/// Work orders that one account opens within an hour.
const WORK_ORDERS: Pace = Pace::hourly("work_order", super::MOST_AN_HOUR);

#[derive(Template)]
#[template(path = "tickets/new.html")]
struct NewPage {
    shell: Shell,
    form: New,
    kept: Vec<Kept>,
    errors: Errors,
}

/// What a link to the page may say: what it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::tickets) struct About {
    category: String,
}

pub(in crate::features::tickets) async fn new(
    visit: Visit<Member<Any>>,
    Asking(about): Asking<About>,
) -> Result<HttpResponse, Error> {
    let (shell, contact) =
        visit.read(|conn, member| Ok(known(member, queries::last_contact(conn, member)?.unwrap_or_default()))).await?;
    let form = New::filled(Category::parse(&about.category), contact);
    page(NewPage { shell, form, kept: Vec::new(), errors: Errors::none() })
}

/// What is filled in: the account's name and address as they stand, the rest as it was given last.
fn known(customer: &Customer, last: Contact) -> Contact {
    let name = customer.name().map(str::to_string);
    let company = customer.account_name().filter(|company| customer.name() != Some(company)).map(str::to_string);
    Contact {
        name: name.unwrap_or(last.name),
        address: customer.address().to_string(),
        company: if last.company.is_empty() { company.unwrap_or_default() } else { last.company },
        ..last
    }
}

pub(in crate::features::tickets) async fn create(
    visit: Visit<Member<Any>>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let Sent { form, kept, uploads, errors: mut wrong } = receive::<_, New>(&visit, parts, TAKES).await?;
    let files = together(&kept, &uploads, &mut wrong);
    let (numbers, zone) = (files.clone(), visit.house().config.zone.clone());
    let asked = visit.asked().clone();
    let ended = visit
        .write(&form, move |conn, member, form: &New| {
            let mut errors = Errors::none();
            let new = form.check().map_err(|found| errors.extend(found)).ok();
            errors.extend(wrong);
            let Some(new) = new.filter(|_| errors.is_empty()) else { return Err(Stop::Refused(errors)) };
            let now = member.ctx().now;
            if form.another.is_empty()
                && let Some((number, at)) = queries::twin(conn, member, &new, now.minus(TWICE))?
            {
                let sent = FieldError::SentBefore(now.since(at).as_secs() / 60, number.as_str().to_string());
                return Err(Errors::one("another", sent).into());
            }
            pace::keep(conn, &asked, member.account_id(), WORK_ORDERS)?;
            let uploads = take_over(conn, member.ctx(), &numbers)?;
            let number = super::open(conn, member, &new, &uploads, &zone)?;
            Ok(Goto::to(format!("/account/tickets/{}", number.as_str())).saying(Flash::TicketSent))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let (_, kept) =
                visit.read(move |conn, member| Ok(waiting(conn, member.ctx(), TAKES.purpose, &files)?)).await?;
            let kept = kept.iter().map(Upload::kept).collect();
            let wait = errors.too_often();
            again_in(NewPage { shell: *shell, form: New::clone(&form), kept, errors }, wait)
        }
    }
}
