//! Who makes a request, on the customers' side.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Deref;

use super::queries;
use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::{Moment, text_enum};
use crate::services::context::Context;
use crate::services::records::Own;
use crate::web::asked::Asked;
use crate::web::error::Door;
use crate::web::session::{self, PersonKind, SessionRow};
use crate::web::{Actor, Error, Face, MayWrite};

text_enum! {
    /// What a member may do in an account (A8).
    pub enum MemberRole {
        /// Everything; only owners touch identity, payers and withdrawal.
        Owner = "owner",
        /// Money, orders, invoices.
        Billing = "billing",
        /// Services.
        Technical = "technical",
        /// Reads.
        Viewer = "viewer",
    }
}

/// Anybody, signed in or not. The face is that of whoever is signed in.
#[derive(Debug)]
pub struct Visitor {
    ctx: Context,
    face: Option<Face>,
}

impl Actor for Visitor {
    fn admit(_: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let Some(session) = session else { return Ok(Self { ctx: asked.context.clone(), face: None }) };
        Ok(Self { ctx: session.context(asked), face: Some(queries::face(session)) })
    }

    fn face(&self) -> Option<Face> {
        self.face.clone()
    }

    fn context(&self) -> &Context {
        &self.ctx
    }

    fn door() -> String {
        "visitor".into()
    }
}

impl MayWrite for Visitor {
    /// Nothing: what a visitor changes rests on no session.
    fn hold(&self, _: &mut Conn) -> Result<(), Error> {
        Ok(())
    }
}

/// Oneself, customer or staff: one's own sign-in, password and devices.
#[derive(Debug)]
pub struct Person {
    ctx: Context,
    session: SessionRow,
    face: Face,
}

impl Person {
    /// The session of this request.
    pub fn session(&self) -> &SessionRow {
        &self.session
    }

    /// The person.
    pub fn person_id(&self) -> i64 {
        self.session.person_id
    }

    /// Whether this is staff.
    pub fn is_staff(&self) -> bool {
        self.session.kind == PersonKind::Staff
    }

    /// The moment of the request, UTC.
    pub fn now(&self) -> Moment {
        self.ctx.now
    }

    /// The circumstances.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }
}

impl AsRef<Person> for Person {
    fn as_ref(&self) -> &Person {
        self
    }
}

impl Actor for Person {
    fn admit(_: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let session = session.ok_or(Error::SignIn(Door::Customer))?;
        let face = queries::face(session);
        Ok(Self { ctx: session.context(asked), session: session.clone(), face })
    }

    fn face(&self) -> Option<Face> {
        Some(self.face.clone())
    }

    fn context(&self) -> &Context {
        &self.ctx
    }

    fn door() -> String {
        "person".into()
    }
}

impl MayWrite for Person {
    /// A session that is being ended must not open another, set a password or end the rest (RC1, RC2).
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        let door = if self.is_staff() { Door::Staff } else { Door::Customer };
        if session::hold_standing(conn, self.person_id(), self.session.id)? { Ok(()) } else { Err(Error::SignIn(door)) }
    }
}

/// A person together with the current account. Its fields are private: only an admitted request makes one, and every
/// query of the account's things takes one.
#[derive(Debug)]
pub struct Customer {
    ctx: Context,
    person_id: i64,
    account_id: i64,
    account_number: String,
    account_name: Option<String>,
    role: MemberRole,
    address: String,
    name: Option<String>,
}

impl Customer {
    /// The person.
    pub fn person_id(&self) -> i64 {
        self.person_id
    }

    /// The account.
    pub fn account_id(&self) -> i64 {
        self.account_id
    }

    /// The account's public number.
    pub fn account_number(&self) -> &str {
        &self.account_number
    }

    /// What the account is called.
    pub fn account_name(&self) -> Option<&str> {
        self.account_name.as_deref()
    }

    /// What the person may do in the account.
    pub fn role(&self) -> MemberRole {
        self.role
    }

    /// Whose operation records the person may read.
    pub fn own_records(&self) -> Own {
        let is_owner = self.role == MemberRole::Owner;
        Own { person_id: self.person_id, account_id: is_owner.then_some(self.account_id) }
    }

    /// The person's e-mail address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The person's name, when given.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The moment of the request, UTC.
    pub fn now(&self) -> Moment {
        self.ctx.now
    }

    /// The key ring.
    pub fn keys(&self) -> &Keys {
        &self.ctx.keys
    }

    /// The circumstances.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }
}

/// Which roles a handler takes.
pub trait Roles: 'static {
    /// Whether this one is among them.
    fn takes(role: MemberRole) -> bool;
    /// Their words.
    fn words() -> Vec<&'static str>;
}

macro_rules! role_types {
    ($($(#[$meta:meta])* $name:ident),+) => { $(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;

        impl Roles for $name {
            fn takes(role: MemberRole) -> bool {
                role == MemberRole::$name
            }

            fn words() -> Vec<&'static str> {
                vec![MemberRole::$name.as_str()]
            }
        }
    )+ };
}
role_types!(
    /// Owners.
    Owner,
    /// Who sees money.
    Billing,
    /// Who runs services.
    Technical,
    /// Who reads.
    Viewer
);

/// Every member.
#[derive(Debug)]
pub struct Any;

impl Roles for Any {
    fn takes(_: MemberRole) -> bool {
        true
    }

    fn words() -> Vec<&'static str> {
        vec!["any"]
    }
}

macro_rules! role_tuples {
    ($($role:ident),+) => {
        impl<$($role: Roles),+> Roles for ($($role,)+) {
            fn takes(role: MemberRole) -> bool {
                $($role::takes(role))||+
            }

            fn words() -> Vec<&'static str> {
                [$($role::words()),+].concat()
            }
        }
    };
}
role_tuples!(A, B);
role_tuples!(A, B, C);

/// A customer in one of the roles `R`.
#[derive(Debug)]
pub struct Member<R = Any>(Customer, PhantomData<fn() -> R>);

impl<R> Deref for Member<R> {
    type Target = Customer;

    fn deref(&self) -> &Customer {
        &self.0
    }
}

impl<R: Roles> Actor for Member<R> {
    fn admit(_: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let session = session.ok_or(Error::SignIn(Door::Customer))?;
        if session.kind != PersonKind::Customer {
            return Err(Error::Forbidden);
        }
        // Whoever left the account, or was removed, works in another one, or in none.
        let found = queries::membership(session).ok_or(Error::GoFirst(Cow::Borrowed("/account/choose")))?;
        if !R::takes(found.role) {
            return Err(Error::Forbidden);
        }
        let customer = Customer {
            ctx: session.context(asked),
            person_id: session.person_id,
            account_id: found.account_id,
            account_number: found.number,
            account_name: found.name,
            role: found.role,
            address: session.address.clone(),
            name: session.name.clone(),
        };
        Ok(Self(customer, PhantomData))
    }

    fn face(&self) -> Option<Face> {
        Some(Face {
            person_id: self.person_id,
            name: self.name.clone().unwrap_or_else(|| self.address.clone()),
            account: Some(queries::called(
                self.account_name.as_deref(),
                self.role,
                &self.address,
                &self.account_number,
            )),
            account_number: self.account_number.clone(),
            staff: false,
            roles: vec![self.role.as_str()],
        })
    }

    fn context(&self) -> &Context {
        &self.ctx
    }

    fn door() -> String {
        format!("member({})", R::words().join("|"))
    }
}

impl<R: Roles> MayWrite for Member<R> {
    /// A session that is ended, a place that is taken and a role that is changed, while a form is on its way, let it do
    /// nothing any more (A8, SS4).
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        let ended = Error::SignIn(Door::Customer);
        let Some(session_id) = self.ctx.author.session_id else { return Err(ended) };
        let held = session::hold_place(conn, self.person_id, session_id, self.role.as_str())?;
        match held.and_then(|role| MemberRole::parse(&role)) {
            None => Err(ended),
            Some(role) if R::takes(role) => Ok(()),
            Some(_) => Err(Error::Forbidden),
        }
    }
}
