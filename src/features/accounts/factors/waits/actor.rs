//! Somebody whose first factor was right in this browser and whose second one is awaited.

use std::borrow::Cow;

use super::{Wait, current, queries};
use crate::base::db::Conn;
use crate::services::context::{Author, AuthorKind, Context};
use crate::web::asked::Asked;
use crate::web::session::{self, SessionRow};
use crate::web::{Actor, Error, Face, MayWrite};

/// To the first factor; from there on to the account, and not back here.
fn first_factor() -> Error {
    Error::GoFirst(Cow::Borrowed("/login?next=%2Faccount"))
}

/// Who gave the first factor here and lacks the second. Such a one is not signed in: nothing of the account is shown, and
/// all they may do is say that the second factor is lost (RC3).
pub struct HalfSignedIn {
    ctx: Context,
    wait: Wait,
}

impl HalfSignedIn {
    /// The person.
    pub fn person_id(&self) -> i64 {
        self.wait.person_id
    }

    /// The sign-in that waits, by its internal id: what is begun here is this browser's alone.
    pub fn wait(&self) -> i64 {
        self.wait.id
    }

    /// The circumstances, with the person as author.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }
}

impl Actor for HalfSignedIn {
    fn admit(conn: &mut Conn, _: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let wait = current(conn, asked)?.ok_or_else(first_factor)?;
        let (subject_id, _) = queries::entrant(conn, wait.person_id)?.ok_or_else(first_factor)?;
        let author = Author {
            person_id: Some(wait.person_id),
            subject_id: Some(subject_id),
            ..Author::nobody(AuthorKind::Customer)
        };
        Ok(Self { ctx: asked.context.by(author), wait })
    }

    fn face(&self) -> Option<Face> {
        None
    }

    fn context(&self) -> &Context {
        &self.ctx
    }

    fn door() -> String {
        "half signed in".into()
    }
}

impl MayWrite for HalfSignedIn {
    /// A wait that a change of password or factor ended meanwhile lets nothing be asked any more (MF7).
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        session::hold(conn, self.wait.person_id)?;
        let standing = queries::is_open(conn, self.wait.id, self.ctx.now)?;
        if standing { Ok(()) } else { Err(first_factor()) }
    }
}
