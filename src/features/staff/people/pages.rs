//! The pages of people and roles.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::forms::{NewPerson, NewRoles, Nothing, roles_of};
use super::queries::{self, Kept, Person, Standing};
use crate::base::types::{Moment, Number};
use crate::features::staff::queries::{add, address_taken, open_activation};
use crate::features::staff::{Admin, Auditor, Officer, Staff, letters};
use crate::services::mail;
use crate::web::feature::StaffRole;
use crate::web::forms::Asking;
use crate::web::lists::{After, Rows};
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Shell, Stop, Visit, again, page};

type Reader = Staff<(Admin, Auditor)>;

#[derive(Template)]
#[template(path = "staff/people/list.html")]
struct List {
    shell: Shell,
    people: Rows<Person>,
    newer: Option<String>,
    older: Option<String>,
}

pub(super) async fn list(visit: Visit<Reader>, after: Asking<After>) -> Result<HttpResponse, Error> {
    let After { after } = after.0;
    let cursor = Number::parse('P', &after);
    let (shell, found) = visit.read(move |conn, _| Ok(queries::list(conn, cursor.as_ref())?)).await?;
    let people = Rows::of(found, &After { after }, |person| person.number.as_str().to_string());
    let newer = people.later.then(|| "/staff/people".to_string());
    let older = people.next.as_ref().map(|next| format!("/staff/people?after={next}"));
    page(List { shell, people, newer, older })
}

#[derive(Template)]
#[template(path = "staff/people/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    address: String,
    typed_name: String,
    roles: Vec<String>,
}

pub(super) async fn new(visit: Visit<Staff<Admin>>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    page(New { shell, errors: Errors::none(), address: String::new(), typed_name: String::new(), roles: Vec::new() })
}

/// Whoever is added gets the activation link by mail, and nobody else: an admin never holds the way into another's
/// sign-in (RC7).
pub(super) async fn create(visit: Visit<Staff<Admin>>, form: Form<NewPerson>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, officer, form| {
            let person = form.check()?;
            if address_taken(conn, &person.address)? {
                return Err(Errors::one("address", FieldError::Taken).into());
            }
            let ctx = officer.ctx();
            let added = add(conn, ctx, &person.address, person.name.as_deref(), &person.roles)?;
            mail::send(conn, ctx, letters::activation(ctx, added.person_id, person.address.as_str(), &added.path)?)?;
            Ok(Goto::to(here(&added.number)).saying(Flash::StaffAdded))
        })
        .await?;
    ended.or(|shell, errors| New {
        shell,
        errors,
        address: form.address.clone(),
        typed_name: form.name.clone(),
        roles: form.roles.clone(),
    })
}

#[derive(Template)]
#[template(path = "staff/people/show.html")]
struct Show {
    shell: Shell,
    errors: Errors,
    person: Person,
    /// The ticked roles.
    roles: Vec<String>,
    own: bool,
    open_sessions: usize,
    signed_in_at: Option<Moment>,
    link_until: Option<Moment>,
}

impl Show {
    fn may_change(&self) -> bool {
        self.shell.has_role("admin") && !self.own && self.person.standing != Standing::Ended
    }
}

fn parsed(number: &str) -> Result<Number, Error> {
    Number::parse('P', number).ok_or(Error::NotFound)
}

async fn shown(
    visit: &Visit<Reader>,
    number: &str,
    errors: Errors,
    ticked: Option<Vec<String>>,
) -> Result<Show, Error> {
    let number = parsed(number)?;
    let (shell, (person, own, (open_sessions, signed_in_at), link_until)) = visit
        .read(move |conn, officer| {
            let person = queries::by_number(conn, &number)?.ok_or(Error::NotFound)?;
            let sessions = queries::sessions_of(conn, person.id)?;
            let link = queries::link_until(conn, person.id, officer.now())?;
            let own = person.id == officer.person_id();
            Ok((person, own, sessions, link))
        })
        .await?;
    let roles = ticked.unwrap_or_else(|| person.roles.iter().map(ToString::to_string).collect());
    Ok(Show { shell, errors, person, roles, own, open_sessions, signed_in_at, link_until })
}

pub(super) async fn show(visit: Visit<Reader>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    page(shown(&visit, &number, Errors::none(), None).await?)
}

/// Nobody decides about themselves.
fn not_oneself(officer: &Officer, person: &Person) -> Result<(), Error> {
    if person.id == officer.person_id() { Err(Error::Forbidden) } else { Ok(()) }
}

/// The person of this number, who is somebody else than the officer and still works here.
fn other(conn: &mut crate::base::db::Conn, officer: &Officer, number: &Number) -> Result<Person, Error> {
    let person = queries::by_number(conn, number)?.ok_or(Error::NotFound)?;
    not_oneself(officer, &person)?;
    if person.standing == Standing::Ended { Err(Error::Conflict) } else { Ok(person) }
}

pub(super) async fn update(
    visit: Visit<Staff<Admin>>,
    looking: Visit<Reader>,
    path: web::Path<String>,
    form: Form<NewRoles>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, form| {
            let person = other(conn, officer, &number)?;
            let wanted = roles_of(&form.roles)?;
            let shown: Vec<StaffRole> = form.shown.iter().filter_map(|word| StaffRole::parse(word)).collect();
            let ctx = officer.ctx();
            match queries::set_roles(conn, ctx, &number, &shown, &wanted)? {
                Ok(changed) => {
                    if changed.any() {
                        let rights = letters::Rights::of(ctx, &changed.given, &changed.taken, &wanted);
                        mail::send(conn, ctx, letters::roles_changed(person.id, &person.address, &rights)?)?;
                    }
                    Ok(Goto::to(here(&number)).saying(Flash::RolesChanged))
                }
                Err(Kept::LastAdmin) => Err(Errors::one("roles", FieldError::LastAdmin).into()),
                Err(Kept::Meanwhile) => Err(Errors::one("roles", FieldError::ReplacedMeanwhile).into()),
            }
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors) => again(shown(&looking, &path, errors, Some(form.roles.clone())).await?),
    }
}

fn here(number: &Number) -> String {
    format!("/staff/people/{}", number.as_str())
}

/// A new link. For somebody who signs in already it starts the sign-in anew: the old password and app work until the
/// new ones are set. The link goes to its owner alone: an admin never holds the way into another's sign-in (RC7).
pub(super) async fn renew(
    visit: Visit<Staff<Admin>>,
    path: web::Path<String>,
    form: Form<Nothing>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            if person.standing == Standing::Locked {
                return Err(Stop::Failed(Error::Conflict));
            }
            let ctx = officer.ctx();
            let link = open_activation(conn, ctx, person.id)?;
            mail::send(conn, ctx, letters::activation(ctx, person.id, &person.address, &link)?)?;
            queries::link_opened(conn, ctx, &person)?;
            Ok(Goto::to(here(&number)).saying(Flash::StaffLinkSent))
        })
        .await?;
    done(ended)
}

pub(super) async fn end_sessions(
    visit: Visit<Staff<Admin>>,
    path: web::Path<String>,
    form: Form<Nothing>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            queries::end_sessions(conn, officer.ctx(), &person)?;
            Ok(Goto::to(here(&number)).saying(Flash::StaffSessionsEnded))
        })
        .await?;
    done(ended)
}

#[derive(Template)]
#[template(path = "staff/people/end.html")]
struct AskEnd {
    shell: Shell,
    errors: Errors,
    person: Person,
}

impl AskEnd {
    fn back(&self) -> String {
        here(&self.person.number)
    }

    fn action(&self) -> String {
        format!("{}/closure", self.back())
    }
}

async fn asked_end(visit: &Visit<Staff<Admin>>, number: &str, errors: Errors) -> Result<AskEnd, Error> {
    let number = parsed(number)?;
    let (shell, person) = visit.read(move |conn, officer| other(conn, officer, &number)).await?;
    Ok(AskEnd { shell, errors, person })
}

pub(super) async fn ask_end(visit: Visit<Staff<Admin>>, path: web::Path<String>) -> Result<HttpResponse, Error> {
    page(asked_end(&visit, &path, Errors::none()).await?)
}

pub(super) async fn end(
    visit: Visit<Staff<Admin>>,
    path: web::Path<String>,
    form: Form<Nothing>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            let ctx = officer.ctx();
            match queries::end(conn, ctx, &number)? {
                Ok(()) => {
                    let rights = letters::Rights::of(ctx, &[], &person.roles, &[]);
                    mail::send(conn, ctx, letters::ended(person.id, &person.address, &rights)?)?;
                    Ok(Goto::to(here(&number)).saying(Flash::StaffEnded))
                }
                Err(Kept::LastAdmin) => Err(Errors::one("form", FieldError::LastAdmin).into()),
                Err(Kept::Meanwhile) => Err(Stop::Failed(Error::Conflict)),
            }
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors) => again(asked_end(&visit, &path, errors).await?),
    }
}

/// For forms without a field: nothing in them can be wrong.
fn done(ended: Ended<HttpResponse>) -> Result<HttpResponse, Error> {
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(..) => Err(Error::Conflict),
    }
}
