//! The page of one customer's lock. Looking at it is on the customer's record.

use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::queries::{self, Found};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{Lock, LockReason, UnlockReason, lock_by_staff, lock_of, unlock_by_staff};
use crate::features::staff::{Admin, Officer, Staff, Support, is_near};
use crate::services::context::Context;
use crate::web::forms::plain;
use crate::web::visit::Looked;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, page};

type Locksmith = Staff<(Support, Admin)>;

/// Most characters of what the customer is told.
const LONGEST_WORDS: usize = 500;

#[derive(Template)]
#[template(path = "staff/customers/lock.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    found: Found,
    accounts: Vec<Number>,
    lock: Lock,
    form: Why,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    reason: String,
    words: String,
}

impl Why {
    /// The reason and the words, once both are well.
    fn check<R>(&self, parse: Parse<R>) -> Result<(R, String), Errors> {
        let mut errors = Errors::none();
        let reason = parse(&self.reason);
        if reason.is_none() {
            errors.add("reason", FieldError::UnknownChoice);
        }
        let words = match plain::prose(&self.words, LONGEST_WORDS) {
            Ok(words) => words,
            Err(FieldError::Missing) => String::new(),
            Err(error) => {
                errors.add("words", error);
                String::new()
            }
        };
        match reason {
            Some(reason) => errors.check().map(|()| (reason, words)),
            None => Err(errors),
        }
    }
}

/// The page of a customer.
pub(super) fn here(number: &Number) -> String {
    format!("/staff/customers/{}/lock", number.as_str())
}

fn parsed(number: &str) -> Result<Number, Error> {
    Number::parse('P', number).ok_or(Error::NotFound)
}

fn found(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<Found, Error> {
    let found = queries::by_number(conn, number)?.ok_or(Error::NotFound)?;
    if is_near(conn, officer, found.id)? { Err(Error::Forbidden) } else { Ok(found) }
}

async fn shown(visit: &Visit<Locksmith>, number: &str, errors: Errors, form: Why) -> Result<Show, Error> {
    let number = parsed(number)?;
    let opening = move |conn: &mut Conn, officer: &Locksmith| {
        let found = found(conn, officer, &number)?;
        let (lock, accounts) = (lock_of(conn, found.id)?, queries::accounts_of(conn, found.id)?);
        Ok((Looked::at_person(found.id, found.subject_id, found.number.as_str()), (found, lock, accounts)))
    };
    let (shell, (found, lock, accounts)) = visit.look("lock", opening).await?;
    Ok(Show { shell, errors, found, accounts, lock, form })
}

pub(super) async fn show(visit: Visit<Locksmith>, path: web::Path<String>) -> Result<HttpResponse, Error> {
    page(shown(&visit, &path, Errors::none(), Why::default()).await?)
}

/// A reason by its word.
type Parse<R> = fn(&str) -> Option<R>;
/// What is done to the sign-in of a customer for a reason.
type Change<R> = fn(&mut Conn, &Context, &TimeZone, i64, (R, &str)) -> Result<(), Stop>;

/// Locks or unlocks; what is wrong comes back with the page.
async fn changed<R: 'static>(
    visit: &Visit<Locksmith>,
    path: &str,
    form: &Form<Why>,
    (parse, change, flash): (Parse<R>, Change<R>, Flash),
) -> Result<HttpResponse, Error> {
    let (number, zone) = (parsed(path)?, visit.house().config.zone.clone());
    let ended = visit
        .write(form, move |conn, officer, form| {
            let found = found(conn, officer, &number)?;
            let (reason, words) = form.check(parse)?;
            change(conn, officer.ctx(), &zone, found.id, (reason, &words))?;
            Ok(Goto::to(here(&number)).saying(flash))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => again(shown(visit, path, errors, form.clone()).await?),
    }
}

pub(super) async fn create(
    visit: Visit<Locksmith>,
    path: web::Path<String>,
    form: Form<Why>,
) -> Result<HttpResponse, Error> {
    changed(&visit, &path, &form, (LockReason::parse, lock_by_staff, Flash::CustomerLocked)).await
}

pub(super) async fn update(
    visit: Visit<Locksmith>,
    path: web::Path<String>,
    form: Form<Why>,
) -> Result<HttpResponse, Error> {
    changed(&visit, &path, &form, (UnlockReason::parse, unlock_by_staff, Flash::CustomerUnlocked)).await
}
