//! The members of the account: the list, one member, removing, leaving.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::{Any, Customer, Member, MemberRole, Owner};
use super::forms::NewRole;
use super::invitations::{self, Invitation};
use super::model::{Fellow, Kept};
use super::{Deciding, Leaving, moves, queries};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::web::{Ended, Error, Errors, FieldError, Flash, Form, Goto, Press, Shell, Stop, Visit, again, page};

const LIST: &str = "/account/members";

#[derive(Template)]
#[template(path = "accounts/members/list.html")]
pub(super) struct List {
    shell: Shell,
    members: Vec<Fellow>,
    /// Those that are open; owners see them.
    invitations: Vec<Invitation>,
    /// What stands in the form of an invitation.
    email: String,
    role: String,
    errors: Errors,
}

impl List {
    /// With what was typed into the form of an invitation.
    pub(super) fn typed(self, email: &str, role: &str) -> Self {
        Self { email: email.to_string(), role: role.to_string(), ..self }
    }

    fn owner(&self) -> bool {
        self.shell.has_role(MemberRole::Owner.as_str())
    }

    fn me(&self, member: &Fellow) -> bool {
        self.shell.person_id() == Some(member.person_id)
    }
}

/// The list as it is now, for any member.
pub(super) async fn listed(visit: &Visit<Member<Any>>, errors: Errors) -> Result<List, Error> {
    let (shell, (members, invitations)) = visit
        .read(|conn, member| {
            let members = queries::fellows(conn, member.account_id())?;
            let owns = member.role() == MemberRole::Owner;
            let invitations = if owns { invitations::open_of(conn, member)? } else { Vec::new() };
            Ok((members, invitations))
        })
        .await?;
    Ok(List { shell, members, invitations, email: String::new(), role: MemberRole::Viewer.to_string(), errors })
}

pub(super) async fn list(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    page(listed(&visit, Errors::none()).await?)
}

#[derive(Template)]
#[template(path = "accounts/members/show.html")]
struct Show {
    shell: Shell,
    fellow: Fellow,
    own: bool,
    errors: Errors,
    role: String,
}

impl Show {
    fn path(&self) -> String {
        here(&self.fellow.number)
    }
}

fn here(number: &Number) -> String {
    format!("{LIST}/{}", number.as_str())
}

/// The member of this number in the account of whoever asks.
fn fellow(conn: &mut Conn, member: &Customer, number: &str) -> Result<Fellow, Error> {
    let number = Number::parse('P', number).ok_or(Error::NotFound)?;
    queries::fellow(conn, member, &number)?.ok_or(Error::NotFound)
}

async fn shown(visit: &Visit<Member<Owner>>, number: &str, errors: Errors) -> Result<Show, Error> {
    let number = number.to_string();
    let (shell, (fellow, own)) = visit
        .read(move |conn, owner| {
            let fellow = fellow(conn, owner, &number)?;
            let own = fellow.person_id == owner.person_id();
            Ok((fellow, own))
        })
        .await?;
    let role = fellow.role.to_string();
    Ok(Show { shell, fellow, own, errors, role })
}

pub(super) async fn show(visit: Visit<Member<Owner>>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    page(shown(&visit, &number, Errors::none()).await?)
}

pub(super) async fn update(
    visit: Visit<Deciding>,
    looking: Visit<Member<Owner>>,
    path: web::Path<String>,
    form: Form<NewRole>,
) -> Result<HttpResponse, Error> {
    let number = Number::parse('P', &path).ok_or(Error::NotFound)?;
    let ended = visit
        .write(&form, move |conn, owner, form| {
            let (shown, wanted) = form.check()?;
            let own = queries::fellow(conn, owner, &number)?.is_some_and(|one| one.person_id == owner.person_id());
            moves::change_role(conn, owner, &number, shown, wanted)?.map_err(|kept| said("role", kept))?;
            // Whoever stepped down opens the page of a member no more.
            let to = if own { LIST.to_string() } else { here(&number) };
            Ok(Goto::to(to).saying(Flash::MemberRoleChanged))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, form) => {
            let role = form.role.clone();
            again(Show { role, ..shown(&looking, &path, errors).await? })
        }
    }
}

fn said(field: &'static str, kept: Kept) -> Stop {
    let error = match kept {
        Kept::LastOwner => FieldError::LastOwner,
        Kept::Meanwhile => FieldError::ReplacedMeanwhile,
    };
    Errors::one(field, error).into()
}

#[derive(Template)]
#[template(path = "accounts/members/removal.html")]
struct AskRemoval {
    shell: Shell,
    fellow: Fellow,
    errors: Errors,
}

impl AskRemoval {
    fn back(&self) -> String {
        here(&self.fellow.number)
    }

    fn action(&self) -> String {
        format!("{}/removal", self.back())
    }
}

/// Somebody else in the account: one's own way out is another page.
fn other(conn: &mut Conn, owner: &Customer, number: &str) -> Result<Fellow, Error> {
    let fellow = fellow(conn, owner, number)?;
    if fellow.person_id == owner.person_id() {
        return Err(Error::GoFirst(format!("{LIST}/departure").into()));
    }
    Ok(fellow)
}

async fn asked_removal(visit: &Visit<Member<Owner>>, number: &str, errors: Errors) -> Result<AskRemoval, Error> {
    let number = number.to_string();
    let (shell, fellow) = visit.read(move |conn, owner| other(conn, owner, &number)).await?;
    Ok(AskRemoval { shell, fellow, errors })
}

pub(super) async fn ask_removal(visit: Visit<Member<Owner>>, path: web::Path<String>) -> Result<HttpResponse, Error> {
    page(asked_removal(&visit, &path, Errors::none()).await?)
}

pub(super) async fn remove(
    visit: Visit<Deciding>,
    looking: Visit<Member<Owner>>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let number = path.clone();
    let ended = visit
        .write(&form, move |conn, owner, _| {
            let fellow = other(conn, owner, &number)?;
            moves::remove(conn, owner, &fellow)?.map_err(|kept| said("form", kept))?;
            Ok(Goto::to(LIST).saying(Flash::MemberRemoved))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => again(asked_removal(&looking, &path, errors).await?),
    }
}

#[derive(Template)]
#[template(path = "accounts/members/departure.html")]
struct AskLeave {
    shell: Shell,
    called: String,
    errors: Errors,
}

async fn asked_leave(visit: &Visit<Member<Any>>, errors: Errors) -> Result<AskLeave, Error> {
    let (shell, called) = visit.read(|conn, member| Ok(queries::called(conn, member.account_id())?)).await?;
    Ok(AskLeave { shell, called, errors })
}

pub(super) async fn ask_leave(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    page(asked_leave(&visit, Errors::none()).await?)
}

pub(super) async fn leave(
    visit: Visit<Leaving>,
    looking: Visit<Member<Any>>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let ended = visit
        .write(&form, |conn, member, _| {
            moves::leave(conn, member)?.map_err(|kept| said("form", kept))?;
            Ok(Goto::to("/account/choose").saying(Flash::LeftAccount))
        })
        .await?;
    match ended {
        Ended::Done(response) => Ok(response),
        Ended::Again(_, errors, _) => again(asked_leave(&looking, errors).await?),
    }
}
