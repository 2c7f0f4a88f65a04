//! Who has proved a moment ago who they are.

use std::ops::Deref;
use std::time::Duration;

use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::accounts::Person;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::session::SessionRow;
use crate::web::{Actor, Error, Face, MayWrite};

/// How long a proof holds (MF4).
const HOLDS: Duration = Duration::from_secs(600);

/// An actor `M` whose session proved within the last ten minutes who they are. Anybody else is asked for it first; what they
/// posted is kept meanwhile and offered afterwards (MF5).
#[derive(Debug)]
pub struct Fresh<M>(M);

/// Whether the proof of a session still holds.
pub(in crate::features::accounts) fn holds(session: &SessionRow, now: Moment) -> bool {
    session.stepped_up_at.is_some_and(|at| now.since(at) <= HOLDS)
}

impl<M> Deref for Fresh<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

impl AsRef<Person> for Fresh<Person> {
    fn as_ref(&self) -> &Person {
        &self.0
    }
}

impl<M: Actor> Actor for Fresh<M> {
    fn admit(conn: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let inner = M::admit(conn, session, asked)?;
        match session {
            Some(session) if holds(session, asked.context.now) => Ok(Self(inner)),
            _ => Err(Error::StepUp),
        }
    }

    fn face(&self) -> Option<Face> {
        self.0.face()
    }

    fn context(&self) -> &Context {
        self.0.context()
    }

    fn door() -> String {
        format!("fresh {}", M::door())
    }
}

impl<M: MayWrite> MayWrite for Fresh<M> {
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        self.0.hold(conn)
    }
}
