//! Signing out, here only.

use actix_web::HttpResponse;

use crate::features::accounts::Visitor;
use crate::services::records::{self, Entry, Event};
use crate::web::{Actor, Error, Flash, Form, Goto, Press, Visit, session};

/// Ends the session of this browser. One that had ended already leaves as well: the cookie goes either way.
pub(super) async fn create(visit: Visit<Visitor>, form: Form<Press>) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, |conn, visitor, _| {
        let ctx = visitor.context();
        if let Some(session) = ctx.author.session_id {
            session::end(conn, session, ctx.now)?;
            let mut entry = Entry::new(Event::SignedOut);
            if let (Some(person), Some(subject)) = (ctx.author.person_id, ctx.author.subject_id) {
                entry = entry.of_person(person, subject);
            }
            records::keep(conn, ctx, entry)?;
        }
        Ok(Goto::to("/").leaving().saying(Flash::SignedOut))
    });
    ended.await?.or_fail(Error::Conflict)
}
