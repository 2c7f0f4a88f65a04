//! The customer's page of a work order.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::forms::Reply;
use super::moves::{self, Said};
use super::queries;
use super::view::{Line, Reader, lines};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{Any, Customer, Member};
use crate::features::tickets::files::{self, Attached, TAKES, take_over, together};
use crate::features::tickets::model::{Move, Side};
use crate::features::tickets::queries::{Ticket, of_customer, take};
use crate::web::forms::Kept;
use crate::web::pace::{self, Pace};
use crate::web::page::again_in;
use crate::web::parts::Parts;
use crate::web::uploads::{Sent, Upload, receive, waiting};
use crate::web::{Ended, Error, Errors, Flash, Form, Goto, Press, Shell, Stop, Visit, page};

/// Replies that one account sends within an hour.
const REPLIES: Pace = Pace::hourly("reply", 120);

#[derive(Template)]
#[template(path = "tickets/show.html")]
struct Show {
    shell: Shell,
    seen: Seen,
    text: String,
    kept: Vec<Kept>,
    errors: Errors,
}

/// What the page shows of a work order.
struct Seen {
    ticket: Ticket,
    lines: Vec<Line>,
    members: i64,
}

impl Seen {
    /// Where a file is read.
    fn file(&self, file: &Attached) -> String {
        format!("{}/files/{}", address(&self.ticket.number), file.number.as_str())
    }

    fn allows_closing(&self) -> bool {
        self.ticket.state.allows(Move::Close)
    }

    fn allows_reopening(&self) -> bool {
        self.ticket.state.allows(Move::Reopen)
    }
}

fn number(path: &str) -> Result<Number, Error> {
    Number::parse('T', path).ok_or(Error::NotFound)
}

fn address(number: &Number) -> String {
    format!("/account/tickets/{}", number.as_str())
}

fn load(conn: &mut Conn, customer: &Customer, number: &Number) -> Result<Seen, Error> {
    let ticket = of_customer(conn, customer, number)?;
    let entries = queries::entries(conn, ticket.id, false)?;
    let files = files::of_ticket(conn, ticket.id)?;
    let reader = Reader { person_id: customer.person_id(), side: Side::Customer };
    let members = queries::member_count(conn, ticket.account_id)?;
    Ok(Seen { ticket, lines: lines(entries, &files, reader), members })
}

pub(in crate::features::tickets) async fn show(
    visit: Visit<Member<Any>>,
    path: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let (shell, seen) = visit.read(move |conn, member| load(conn, member, &number)).await?;
    page(Show { shell, seen, text: String::new(), kept: Vec::new(), errors: Errors::none() })
}

pub(in crate::features::tickets) async fn reply(
    visit: Visit<Member<Any>>,
    path: web::Path<String>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let Sent { form, kept, uploads, errors: mut wrong } = receive::<_, Reply>(&visit, parts, TAKES).await?;
    let files = together(&kept, &uploads, &mut wrong);
    let (numbers, zone, own) = (files.clone(), visit.house().config.zone.clone(), number.clone());
    let asked = visit.asked().clone();
    let ended = visit
        .write(&form, move |conn, member, form: &Reply| {
            let ticket = take(conn, member, &own)?;
            let mut errors = Errors::none();
            let text = form.check().map_err(|found| errors.extend(found)).ok();
            errors.extend(wrong);
            let Some(text) = text.filter(|_| errors.is_empty()) else { return Err(Stop::Refused(errors)) };
            pace::keep(conn, &asked, member.account_id(), REPLIES)?;
            let files = take_over(conn, member.ctx(), &numbers)?;
            let said = Said { text: &text, files: &files };
            moves::reply_as_customer(conn, member, &ticket, &said, &zone)?;
            Ok(Goto::to(address(&own)).saying(Flash::ReplySent))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let load = move |conn: &mut Conn, member: &Member<Any>| {
                Ok((load(conn, member, &number)?, waiting(conn, member.ctx(), TAKES.purpose, &files)?))
            };
            let (_, (seen, kept)) = visit.read(load).await?;
            let kept = kept.iter().map(Upload::kept).collect();
            let wait = errors.too_often();
            again_in(Show { shell: *shell, seen, text: form.text.clone(), kept, errors }, wait)
        }
    }
}

pub(in crate::features::tickets) async fn close(
    visit: Visit<Member<Any>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let ended = visit
        .write(&form, move |conn, member, _| {
            let ticket = take(conn, member, &number)?;
            moves::close(conn, member, &ticket)?;
            Ok(Goto::to(address(&number)).saying(Flash::TicketClosed))
        })
        .await?;
    done(ended)
}

pub(in crate::features::tickets) async fn reopen(
    visit: Visit<Member<Any>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (number, zone) = (number(&path)?, visit.house().config.zone.clone());
    let ended = visit
        .write(&form, move |conn, member, _| {
            let ticket = take(conn, member, &number)?;
            moves::reopen(conn, member, &ticket, &zone)?;
            Ok(Goto::to(address(&number)).saying(Flash::TicketReopened))
        })
        .await?;
    done(ended)
}

/// The end of a button without fields: nothing in it can be wrong.
pub(in crate::features::tickets) fn done(ended: Ended<HttpResponse, Press>) -> Result<HttpResponse, Error> {
    ended.or_fail(Error::BadRequest)
}
