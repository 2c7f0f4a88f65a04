//! The gate before everything that is bound to a real name (B6).

use std::borrow::Cow;
use std::ops::Deref;

use super::results;
use crate::base::db::Conn;
use crate::features::accounts::Customer;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::session::SessionRow;
use crate::web::{Actor, Error, Face, MayWrite};

/// A member `M` of an account whose real name was authenticated.
#[derive(Debug)]
pub struct Verified<M>(M);

impl<M> Deref for Verified<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.0
    }
}

impl<M: Actor + Deref<Target = Customer>> Actor for Verified<M> {
    fn admit(conn: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let member = M::admit(conn, session, asked)?;
        if !results::stands(conn, &member)? {
            return Err(Error::GoFirst(Cow::Borrowed("/account/identity")));
        }
        Ok(Self(member))
    }

    fn face(&self) -> Option<Face> {
        self.0.face()
    }

    fn context(&self) -> &Context {
        self.0.context()
    }

    fn door() -> String {
        format!("verified {}", M::door())
    }
}

impl<M: MayWrite + Deref<Target = Customer>> MayWrite for Verified<M> {
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        self.0.hold(conn)
    }
}
