//! The pages of people and roles.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::QueryResult;
use serde_json::Value;

use super::forms::{NewPerson, NewRoles, roles_of};
use super::moves::{self, Kept};
use super::queries::{self, Person, Standing};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts::factors;
use crate::features::staff::proposals::{self, Proposal, ProposalKind, Wanted};
use crate::features::staff::queries::{add, address_taken, admin_besides};
use crate::features::staff::{Admin, Auditor, Officer, Staff, letters};
use crate::services::context::Context;
use crate::services::mail;
use crate::web::feature::StaffRole;
use crate::web::forms::Asking;
use crate::web::lists::{After, Rows};
use crate::web::{
    Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, again, page, session,
};

pub(super) type Reader = Staff<(Admin, Auditor)>;

#[derive(Template)]
#[template(path = "staff/people/list.html")]
struct List {
    shell: Shell,
    people: Rows<Person>,
    newer: Option<String>,
    older: Option<String>,
    /// What waits for a second admin.
    waiting: Vec<Proposal>,
    /// Whether the reader is the only admin.
    alone: bool,
}

pub(super) async fn list(visit: Visit<Reader>, after: Asking<After>) -> Result<HttpResponse, Error> {
    let cursor = Number::parse('P', &after.0.after);
    let list = visit.list("people", Value::Null, move |conn, officer| {
        let key = |person: &Person| person.number.as_str().to_string();
        let people = Rows::below(cursor, |after| queries::list(conn, after), key)?;
        let waiting = if people.later { Vec::new() } else { proposals::waiting(conn, officer.now())? };
        Ok((people, waiting, alone(conn, officer)?))
    });
    let (shell, (people, waiting, alone)) = list.await?;
    let newer = people.later.then(|| "/staff/people".to_string());
    let older = people.next.as_ref().map(|next| format!("/staff/people?after={next}"));
    page(List { shell, people, newer, older, waiting, alone })
}

/// Whether an admin has nobody beside them who could approve: then roles that two admins give wait in vain.
fn alone(conn: &mut Conn, officer: &Officer) -> QueryResult<bool> {
    Ok(officer.roles().contains(&StaffRole::Admin) && !admin_besides(conn, officer.person_id())?)
}

#[derive(Template)]
#[template(path = "staff/people/new.html")]
struct New {
    shell: Shell,
    errors: Errors,
    address: String,
    typed_name: String,
    roles: Vec<String>,
    alone: bool,
}

async fn blank(visit: &Visit<Staff<Admin>>, errors: Errors, form: &NewPerson) -> Result<New, Error> {
    let (shell, alone) = visit.read(|conn, officer| Ok(alone(conn, officer)?)).await?;
    let NewPerson { address, name, roles } = form.clone();
    Ok(New { shell, errors, address, typed_name: name, roles, alone })
}

pub(super) async fn new(visit: Visit<Staff<Admin>>) -> Result<HttpResponse, Error> {
    page(blank(&visit, Errors::none(), &NewPerson::default()).await?)
}

/// Roles that touch money or identity wait for a second admin. Whoever is added gets the activation link by mail, and nobody else: an admin never holds the way into another's
/// sign-in (RC7).
pub(super) async fn create(visit: Visit<Staff<Admin>>, form: Form<NewPerson>) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, officer, form| {
            let known = form.address().map(|address| address_taken(conn, &address)).transpose()?;
            let person = form.check(known == Some(true))?;
            let ctx = officer.ctx();
            let taken = || Stop::from(Errors::one("address", FieldError::Taken));
            if person.roles.iter().any(|role| role.needs_two()) {
                let wanted = Wanted::New(person.address.as_str(), person.name.as_deref());
                let number = propose(conn, ctx, wanted, &person.roles, "address")?;
                return Ok(Goto::to(of_proposal(&number)).saying(Flash::RolesProposed));
            }
            // What waits would be decided about somebody who is here already, with other roles.
            if proposals::awaited(conn, &person.address, ctx.now)? {
                return Err(Errors::one("address", FieldError::AlreadyProposed).into());
            }
            let added = add(conn, ctx, &person.address, person.name.as_deref(), &person.roles)?.ok_or_else(taken)?;
            mail::send(conn, ctx, letters::activation(ctx, added.person_id, person.address.as_str(), &added.path)?)?;
            Ok(Goto::to(here(&added.number)).saying(Flash::StaffAdded))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => again(blank(&visit, errors, &form).await?),
    }
}

pub(super) fn of_proposal(number: &Number) -> String {
    format!("/staff/people/proposals/{}", number.as_str())
}

/// Puts roles before a second admin. `field` is where the form says that the same waits.
fn propose(
    conn: &mut Conn,
    ctx: &Context,
    wanted: Wanted<'_>,
    roles: &[StaffRole],
    field: &'static str,
) -> Result<Number, Stop> {
    let number = proposals::propose(conn, ctx, wanted, roles)?;
    Ok(number.ok_or_else(|| Errors::one(field, FieldError::AlreadyProposed))?)
}

#[derive(Template)]
#[template(path = "staff/people/show.html")]
pub(super) struct Show {
    shell: Shell,
    errors: Errors,
    person: Person,
    /// The ticked roles.
    roles: Vec<String>,
    own: bool,
    open_sessions: usize,
    signed_in_at: Option<Moment>,
    link_until: Option<Moment>,
    waiting: Option<Proposal>,
    /// The proposal to take the authenticator away.
    removal: Option<Proposal>,
    reason: String,
    /// Whether there is an authenticator: then a new link takes two admins.
    has_app: bool,
    alone: bool,
}

/// What was typed on the page of a person.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub roles: Option<Vec<String>>,
    pub reason: String,
}

impl Show {
    fn may_change(&self) -> bool {
        self.shell.has_role("admin") && !self.own && self.person.standing != Standing::Ended
    }
}

pub(super) fn parsed(number: &str) -> Result<Number, Error> {
    Number::parse('P', number).ok_or(Error::NotFound)
}

pub(super) async fn shown(visit: &Visit<Reader>, number: &str, errors: Errors, typed: Typed) -> Result<Show, Error> {
    let (number, house) = (parsed(number)?, visit.house().clone());
    let (shell, (person, own, (open_sessions, signed_in_at), link_until, waiting, removal, has_app, alone)) = visit
        .read(move |conn, officer| {
            let person = queries::by_number(conn, &number)?.ok_or(Error::NotFound)?;
            let sessions = queries::sessions_of(conn, person.id, &house.seen, officer.now())?;
            let link = queries::link_until(conn, person.id, officer.now())?;
            let own = person.id == officer.person_id();
            let waiting = proposals::waiting_for(conn, ProposalKind::Roles, person.id, officer.now())?;
            let removal = proposals::waiting_for(conn, ProposalKind::TotpRemoval, person.id, officer.now())?;
            let has_app = factors::is_on(conn, person.id)?;
            Ok((person, own, sessions, link, waiting, removal, has_app, alone(conn, officer)?))
        })
        .await?;
    let Typed { roles, reason } = typed;
    let roles = roles.unwrap_or_else(|| person.roles.iter().map(ToString::to_string).collect());
    Ok(Show {
        shell,
        errors,
        person,
        roles,
        own,
        open_sessions,
        signed_in_at,
        link_until,
        waiting,
        removal,
        reason,
        has_app,
        alone,
    })
}

pub(super) async fn show(visit: Visit<Reader>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    page(shown(&visit, &number, Errors::none(), Typed::default()).await?)
}

/// Nobody decides about themselves.
fn not_oneself(officer: &Officer, person: &Person) -> Result<(), Error> {
    if person.id == officer.person_id() { Err(Error::Forbidden) } else { Ok(()) }
}

/// The person of this number, who is somebody else than the officer and still works here.
pub(super) fn other(conn: &mut Conn, officer: &Officer, number: &Number) -> Result<Person, Error> {
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
            // What is taken, and what one admin gives, holds at once; the rest waits for a second admin.
            let (later, now): (Vec<StaffRole>, Vec<StaffRole>) =
                wanted.iter().partition(|role| role.needs_two() && !person.roles.contains(role));
            match moves::set_roles(conn, officer, &number, &shown, &now)? {
                Ok(()) => {
                    if !later.is_empty() {
                        let about = Wanted::Known(person.id, person.subject_id);
                        let proposed = propose(conn, ctx, about, &later, "roles")?;
                        let same = now.len() == person.roles.len() && now.iter().all(|one| person.roles.contains(one));
                        let flash = if same { Flash::RolesProposed } else { Flash::RolesPartlyChanged };
                        return Ok(Goto::to(of_proposal(&proposed)).saying(flash));
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
        Ended::Again(_, errors, form) => {
            let typed = Typed { roles: Some(form.roles.clone()), ..Typed::default() };
            again(shown(&looking, &path, errors, typed).await?)
        }
    }
}

fn here(number: &Number) -> String {
    format!("/staff/people/{}", number.as_str())
}

/// A new link for somebody who has no authenticator; from whoever has one two admins take it away first (RC3). The link goes
/// to its owner alone: an admin never holds the way into another's sign-in (RC7).
pub(super) async fn renew(
    visit: Visit<Staff<Admin>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            // Held, so that nobody sets the sign-in up between this look and the link.
            session::hold(conn, person.id)?;
            if person.standing == Standing::Locked || factors::is_on(conn, person.id)? {
                return Err(Stop::Failed(Error::Conflict));
            }
            moves::send_link(conn, officer.ctx(), &person)?;
            Ok(Goto::to(here(&number)).saying(Flash::StaffLinkSent))
        })
        .await?;
    done(ended)
}

pub(super) async fn end_sessions(
    visit: Visit<Staff<Admin>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            moves::end_sessions(conn, officer.ctx(), &person)?;
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
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = parsed(&path)?;
    let ended = visit
        .write(&form, move |conn, officer, _| {
            let person = other(conn, officer, &number)?;
            match moves::end(conn, officer, &person)? {
                Ok(()) => Ok(Goto::to(here(&number)).saying(Flash::StaffEnded)),
                Err(Kept::LastAdmin) => Err(Errors::one("form", FieldError::LastAdmin).into()),
                Err(Kept::Meanwhile) => Err(Stop::Failed(Error::Conflict)),
            }
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => again(asked_end(&visit, &path, errors).await?),
    }
}

/// For forms without a field: nothing in them can be wrong.
fn done(ended: Ended<HttpResponse, Press>) -> Result<HttpResponse, Error> {
    ended.or_fail(Error::Conflict)
}
