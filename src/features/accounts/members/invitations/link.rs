//! The page behind an invitation's link. Opening it changes nothing: programs that read mail open links, too (OT9). It says
//! the same whether the address signs in already or not; whoever holds the link has read the address's mail.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::model::Invitation;
use super::{moves, queries};
use crate::base::db::unless_taken;
use crate::features::accounts::members::choosing::work_in;
use crate::features::accounts::members::forms::Newcomer;
use crate::features::accounts::members::queries as places;
use crate::features::accounts::proof::busy;
use crate::features::accounts::queries::{exists, known, new_person, set_password};
use crate::features::accounts::registration::keep_consents;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::sign_in::{Entrant, enter};
use crate::features::accounts::{PasswordClass, Person, Visitor};
use crate::services::consent;
use crate::services::context::{Author, AuthorKind};
use crate::web::session::{PersonKind, SignInMethod};
use crate::web::{Actor, Ended, Error, Errors, Flash, Form, Goto, Press, Shell, Stop, Visit, again, page};

#[derive(Template)]
#[template(path = "accounts/members/invitation.html")]
struct Show {
    shell: Shell,
    path: String,
    invitation: Invitation,
    called: String,
    reader: Reader,
    errors: Errors,
    agreed: bool,
    notices: bool,
    /// The version in force; 0 while none is published.
    policy: i64,
}

/// Who reads the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Nobody who is signed in.
    Stranger,
    /// The person whom the invitation is for.
    Invited,
    /// Somebody who is signed in under another address.
    Other,
}

#[derive(Template)]
#[template(path = "accounts/members/gone.html")]
struct Gone {
    shell: Shell,
}

/// What the page shows, or what it says when the link works no more.
async fn found(visit: &Visit<Visitor>, token: &str) -> Result<Result<Show, Shell>, Error> {
    let (wanted, ctx) = (token.to_string(), visit.asked().context.clone());
    let (shell, found) = visit
        .read(move |conn, visitor| {
            let open = queries::by_token(conn, &ctx.keys, &wanted)?.filter(|open| open.works(ctx.now));
            let Some(invitation) = open else { return Ok(None) };
            let called = places::called(conn, invitation.account_id)?;
            let reader = match visitor.context().author.person_id {
                None => Reader::Stranger,
                Some(person) => {
                    let invited = known(conn, PersonKind::Customer, &invitation.address)?;
                    if invited.is_some_and(|one| one.person_id == person) { Reader::Invited } else { Reader::Other }
                }
            };
            let policy = consent::current_policy(conn)?.map_or(0, |policy| policy.number);
            Ok(Some((invitation, called, reader, policy)))
        })
        .await?;
    let Some((invitation, called, reader, policy)) = found else { return Ok(Err(shell)) };
    let shell = visit.with_form(shell);
    let path = format!("/invitations/{token}");
    let errors = Errors::none();
    Ok(Ok(Show { shell, path, invitation, called, reader, errors, agreed: false, notices: false, policy }))
}

pub(in crate::features::accounts::members) async fn show(
    visit: Visit<Visitor>,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    match found(&visit, &token).await? {
        Ok(show) => page(show),
        Err(shell) => gone(shell),
    }
}

/// Accepted by the person whom it is for, who is signed in. From then on the session works in the account.
pub(in crate::features::accounts::members) async fn accept(
    visit: Visit<Person>,
    token: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let token = token.into_inner();
    let ended = visit
        .write(&form, move |conn, person, _| {
            let ctx = person.ctx();
            let open = queries::by_token(conn, &ctx.keys, &token)?.filter(|open| open.works(ctx.now));
            let invitation = open.ok_or(Error::NotFound)?;
            let own = !person.is_staff() && person.session().address == invitation.address.as_str();
            if !own {
                return Err(Stop::Failed(Error::Forbidden));
            }
            let called = person.session().shown_name();
            if !moves::accept(conn, ctx, &invitation, (person.person_id(), &called))? {
                return Err(Stop::Failed(Error::Conflict));
            }
            let new = work_in(conn, person, invitation.account_id)?;
            Ok(Goto::to("/account").saying(Flash::JoinedAccount).entering(new))
        })
        .await?;
    ended.or_fail(Error::Conflict)
}

/// A sign-in for somebody new, and their place in the account. The link proved the address, so no code is asked for.
pub(in crate::features::accounts::members) async fn register(
    visit: Visit<Visitor>,
    token: web::Path<String>,
    form: Form<Newcomer>,
) -> Result<HttpResponse, Error> {
    let show = match found(&visit, &token).await? {
        Ok(show) => show,
        Err(shell) => return gone(shell),
    };
    let policy = show.policy;
    let draw = |shell: Shell, errors: Errors, form: &Newcomer| Show {
        agreed: form.agreement.is_some() && form.policy == policy.to_string(),
        notices: form.notices.is_some(),
        shell,
        errors,
        ..show.copy()
    };
    let typed = match visit.open(&form).await? {
        Ended::Done(typed) => typed,
        Ended::Again(shell, errors, form) => return again(draw(*shell, errors, &form)),
    };
    let hasher = &visit.house().hasher;
    let errors = typed.check(hasher, show.invitation.address.as_str(), policy).await.map_err(busy)?;
    if !errors.is_empty() {
        return again(draw(show.shell.clone(), errors, &typed));
    }
    let hash = hasher.hash(typed.password.clone()).await.map_err(busy)?;
    let (scene, token) = (Scene::of(&visit), token.into_inner());
    let ended = visit.write(&form, move |conn, visitor, form| {
        let now = scene.ctx().now;
        let open = queries::by_token(conn, &scene.ctx().keys, &token)?.filter(|open| open.works(now));
        let invitation = open.ok_or(Error::NotFound)?;
        let (address, here) = (&invitation.address, format!("/invitations/{token}"));
        // Whoever signs in already does so: a password is not set anew by the way.
        let sign_in = || Goto::to(format!("/login?next={here}")).saying(Flash::SignInToJoin);
        if exists(conn, PersonKind::Customer, address)? {
            return Ok(sign_in());
        }
        let made = unless_taken(conn, |conn| new_person(conn, scene.ctx(), PersonKind::Customer, address))?;
        let Some((person_id, subject_id)) = made else { return Ok(sign_in()) };
        if !set_password(conn, person_id, &hash, PasswordClass::of(&form.password), now)? {
            return Err(Stop::Failed(Error::Conflict));
        }
        let author = Author {
            kind: AuthorKind::Customer,
            person_id: Some(person_id),
            subject_id: Some(subject_id),
            account_id: Some(invitation.account_id),
            session_id: None,
        };
        let accepting = scene.ctx().by(author);
        if !moves::accept(conn, &accepting, &invitation, (person_id, address.as_str()))? {
            return Err(Stop::Failed(Error::Conflict));
        }
        let entrant = Entrant { person_id, subject_id, address: address.clone() };
        let (ctx, goto) = enter(conn, &scene, visitor, &entrant, SignInMethod::Registration, false, None)?;
        keep_consents(conn, &ctx, person_id, policy, form.notices.is_some())?;
        Ok(goto.saying(Flash::JoinedAccount))
    });
    ended.await?.or(draw)
}

impl Show {
    /// The same page without its shell's once-said words.
    fn copy(&self) -> Self {
        Self {
            shell: self.shell.clone(),
            path: self.path.clone(),
            invitation: self.invitation.clone(),
            called: self.called.clone(),
            errors: Errors::none(),
            ..*self
        }
    }
}

/// Accepted, withdrawn, run out, replaced or never made: nobody is told which.
fn gone(shell: Shell) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::NotFound().content_type(ContentType::html()).body(Gone { shell }.render()?))
}
