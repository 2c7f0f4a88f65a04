//! Who changes who belongs to an account.

use std::ops::Deref;

use super::queries;
use crate::base::db::Conn;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::error::Door;
use crate::web::session::SessionRow;
use crate::web::{Actor, Error, Face, MayWrite};

/// A member `M` whose account is held: nobody else changes who belongs to it, or what it is called, until this is done. The
/// account comes first and each person after it, so that two owners who remove one another never each wait for the other,
/// and the last owner stays.
#[derive(Debug)]
pub struct Held<M>(M);

impl<M> Deref for Held<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

impl<M: Actor> Actor for Held<M> {
    fn admit(conn: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        Ok(Self(M::admit(conn, session, asked)?))
    }

    fn face(&self) -> Option<Face> {
        self.0.face()
    }

    fn context(&self) -> &Context {
        self.0.context()
    }

    fn door() -> String {
        M::door()
    }
}

impl<M: MayWrite> MayWrite for Held<M> {
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        let account = self.context().author.account_id.ok_or(Error::SignIn(Door::Customer))?;
        queries::hold_account(conn, account)?;
        self.0.hold(conn)
    }
}
