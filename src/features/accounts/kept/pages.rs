//! The list of kept posts.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::HERE;
use crate::features::accounts::Person;
use crate::features::accounts::scene::{home, see};
use crate::web::kept::{self, KeptPost};
use crate::web::{Error, Flash, Form, Goto, Press, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/kept/list.html")]
struct List {
    shell: Shell,
    posts: Vec<KeptPost>,
}

impl List {
    /// Whether it was typed in the account in which the person works now.
    fn here(&self, post: &KeptPost) -> bool {
        post.account.is_empty() || self.shell.face.as_ref().is_some_and(|face| face.account_number == post.account)
    }

    /// With a token of now it is done when it is sent; with its own it only comes back to be looked at.
    fn token<'a>(&'a self, post: &'a KeptPost) -> &'a str {
        if post.whole { &self.shell.token } else { &post.token }
    }
}

pub(super) async fn list(visit: Visit<Person>) -> Result<HttpResponse, Error> {
    let (shell, posts) =
        visit.read(|conn, person| Ok(kept::list(conn, &person.ctx().keys, person.person_id(), person.now())?)).await?;
    if posts.is_empty() {
        return Ok(see(home(&shell)));
    }
    page(List { shell, posts })
}

pub(super) async fn delete(
    visit: Visit<Person>,
    path: web::Path<String>,
    form: Form<Press>,
) -> Result<HttpResponse, Error> {
    let handle = path.into_inner();
    let ended = visit.write(&form, move |conn, person, _| {
        kept::forget(conn, person.person_id(), &handle)?;
        Ok(Goto::to(HERE).saying(Flash::KeptDiscarded))
    });
    ended.await?.or_fail(Error::Conflict)
}
