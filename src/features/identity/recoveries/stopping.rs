//! The page behind the link of a notice: it stops a recovery. Opening it changes nothing (OT9); a button does. It works without
//! a sign-in, for whoever holds the notice can lose nothing by it but time.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::asking::means;
use super::model::{Recovery, RecoveryState};
use super::telling::is_token;
use super::{moves, queries};
use crate::base::db::Conn;
use crate::base::types::{Moment, Number};
use crate::features::accounts::{Visitor, factors};
use crate::services::context::{Author, AuthorKind, Context};
use crate::web::{Actor, Error, Flash, Form, Goto, Press, Shell, Visit, page};

#[derive(Template)]
#[template(path = "identity/recoveries/stop.html")]
struct Show {
    shell: Shell,
    action: String,
    state: RecoveryState,
    asked_at: Moment,
    due_at: Moment,
    device: String,
    network: String,
}

fn linked(conn: &mut Conn, ctx: &Context, (number, token): &(String, String)) -> Result<Recovery, Error> {
    let number =
        Number::parse('W', number).filter(|number| is_token(&ctx.keys, number, token)).ok_or(Error::NotFound)?;
    queries::by_number(conn, &number)?.filter(|one| one.state != RecoveryState::Draft).ok_or(Error::NotFound)
}

pub(super) async fn show(visit: Visit<Visitor>, path: web::Path<(String, String)>) -> Result<HttpResponse, Error> {
    let asked = path.into_inner();
    let action = format!("/recoveries/{}/{}", asked.0, asked.1);
    let (shell, found) = visit.read(move |conn, visitor| linked(conn, visitor.context(), &asked)).await?;
    page(Show {
        shell: visit.with_form(shell),
        action,
        state: found.state,
        asked_at: found.asked_at,
        due_at: found.due_at,
        device: found.device,
        network: found.network,
    })
}

pub(super) async fn update(
    visit: Visit<Visitor>,
    path: web::Path<(String, String)>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let (asked, means) = (path.into_inner(), means(visit.house()));
    let ended = visit.write(&form, move |conn, visitor, _| {
        let found = linked(conn, visitor.context(), &asked)?;
        let (_, subject, _) = queries::person(conn, found.person_id)?;
        // Whoever holds the notice acts for the person, who need not be signed in.
        let author = Author {
            person_id: Some(found.person_id),
            subject_id: Some(subject),
            ..Author::nobody(AuthorKind::Customer)
        };
        // Whoever began it stands at the second step still, and could ask again at once.
        factors::end_waits(conn, found.person_id)?;
        moves::cancel(conn, &visitor.context().by(author), &found, &means)?;
        Ok(Goto::to("/password/forgot").saying(Flash::RecoveryStopped))
    });
    ended.await?.or_fail(Error::Conflict)
}
