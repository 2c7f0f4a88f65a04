//! The staff's page of a work order.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::queries;
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::staff::{Auditor, Officer, Staff, Support, is_own};
use crate::features::tickets::conversation::forms::Reply;
use crate::features::tickets::conversation::moves::{Said, reply_as_staff};
use crate::features::tickets::conversation::queries::entries;
use crate::features::tickets::conversation::view::{Line, Reader, lines};
use crate::features::tickets::files::{self, Attached, TAKES, take_over, together};
use crate::features::tickets::model::{Move, Side, TicketState};
use crate::features::tickets::queries::{Ticket, of_staff, staff_name, take_as_staff};
use crate::web::feature::StaffRole;
use crate::web::forms::Kept;
use crate::web::parts::Parts;
use crate::web::roles::{self, Holder};
use crate::web::uploads::{Sent, Upload, receive, waiting};
use crate::web::visit::Looked;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Goto, Shell, Stop, Visit, again, page};

#[derive(Template)]
#[template(path = "tickets/staff/show.html")]
pub(super) struct Show {
    pub shell: Shell,
    pub seen: Seen,
    pub text: String,
    pub note: String,
    pub kept: Vec<Kept>,
    pub errors: Errors,
}

/// What the page shows of a work order.
pub(super) struct Seen {
    ticket: Ticket,
    lines: Vec<Line>,
    account_number: String,
    account_name: Option<String>,
    assigned: Option<String>,
    assigned_to_me: bool,
    /// The reader's own address, for "Assign to me".
    me: String,
    colleagues: Vec<Holder>,
    now: Moment,
}

impl Seen {
    /// Where a file is read.
    fn file(&self, file: &Attached) -> String {
        format!("{}/files/{}", address(&self.ticket.number), file.number.as_str())
    }

    fn allows_reply(&self) -> bool {
        self.ticket.state.allows(Move::StaffReply)
    }

    fn allows_resolving(&self) -> bool {
        self.ticket.state.allows(Move::Resolve)
    }

    fn late(&self) -> bool {
        self.ticket.state == TicketState::WaitingForUs && self.ticket.due_at < self.now
    }

    /// The choices of the form that gives it to somebody.
    fn options(&self) -> Vec<(&str, &str)> {
        self.colleagues.iter().map(|colleague| (colleague.address.as_str(), colleague.called())).collect()
    }

    pub(super) fn looked(&self) -> Looked {
        Looked::at(self.ticket.account_id, self.ticket.number.as_str())
    }
}

pub(super) fn number(path: &str) -> Result<Number, Error> {
    Number::parse('T', path).ok_or(Error::NotFound)
}

pub(super) fn address(number: &Number) -> String {
    format!("/staff/tickets/{}", number.as_str())
}

pub(super) fn load(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<Seen, Error> {
    let ticket = of_staff(conn, officer, number)?;
    // Its notes are not for whom it is about.
    if is_own(conn, officer.person_id(), ticket.account_id)? {
        return Err(Error::Forbidden);
    }
    let rows = entries(conn, ticket.id, true)?;
    let files = files::of_ticket(conn, ticket.id)?;
    let reader = Reader { person_id: officer.person_id(), side: Side::Staff };
    let (account_number, account_name) = queries::account(conn, ticket.account_id)?;
    let assigned = ticket.assigned_to_id.map(|person| staff_name(conn, person)).transpose()?;
    Ok(Seen {
        lines: lines(rows, &files, reader),
        account_number,
        account_name,
        assigned,
        assigned_to_me: ticket.assigned_to_id == Some(officer.person_id()),
        me: officer.address().to_string(),
        colleagues: roles::holders(conn, StaffRole::Support)?,
        now: officer.now(),
        ticket,
    })
}

pub(in crate::features::tickets) async fn show(
    visit: Visit<Staff<(Support, Auditor)>>,
    path: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let look = move |conn: &mut Conn, officer: &Staff<(Support, Auditor)>| {
        let seen = load(conn, officer, &number)?;
        Ok((seen.looked(), seen))
    };
    let (shell, seen) = visit.look("work_order", look).await?;
    let (text, note) = (String::new(), String::new());
    page(Show { shell, seen, text, note, kept: Vec::new(), errors: Errors::none() })
}

pub(in crate::features::tickets) async fn reply(
    visit: Visit<Staff<Support>>,
    path: web::Path<String>,
    parts: Parts,
) -> Result<HttpResponse, Error> {
    let number = number(&path)?;
    let Sent { form, kept, uploads, errors: mut wrong } = receive::<_, Reply>(&visit, parts, TAKES).await?;
    let files = together(&kept, &uploads, &mut wrong);
    let (numbers, own) = (files.clone(), number.clone());
    let ended = visit
        .write(&form, move |conn, officer, form: &Reply| {
            let ticket = take_as_staff(conn, officer, &own)?;
            let mut errors = Errors::none();
            if !ticket.state.allows(Move::StaffReply) {
                errors.add("form", FieldError::ReplacedMeanwhile);
            }
            let text = form.check().map_err(|found| errors.extend(found)).ok();
            errors.extend(wrong);
            let Some(text) = text.filter(|_| errors.is_empty()) else { return Err(Stop::Refused(errors)) };
            let files = take_over(conn, officer.ctx(), &numbers)?;
            reply_as_staff(conn, officer, &ticket, &Said { text: &text, files: &files })?;
            Ok(Goto::to(address(&own)).saying(Flash::ReplySent))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(shell, errors, form) => {
            let look = move |conn: &mut Conn, officer: &Staff<Support>| {
                let seen = load(conn, officer, &number)?;
                let kept = waiting(conn, officer.ctx(), TAKES.purpose, &files)?;
                Ok((seen.looked(), (seen, kept)))
            };
            let (_, (seen, kept)) = visit.look("work_order", look).await?;
            let kept = kept.iter().map(Upload::kept).collect();
            again(Show { shell: *shell, seen, text: form.text.clone(), note: String::new(), kept, errors })
        }
    }
}
