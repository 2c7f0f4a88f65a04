//! Who makes a request, on the staff's side.

use std::marker::PhantomData;
use std::ops::Deref;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::staff::training;
use crate::services::context::Context;
use crate::web::asked::Asked;
use crate::web::error::Door;
use crate::web::feature::StaffRole;
use crate::web::session::{self, PersonKind, SessionRow, SignInMethod};
use crate::web::{Actor, Error, Face, MayLook, MayWrite, roles};

/// A member of staff at work. Its fields are private: only an admitted request makes one.
#[derive(Debug)]
pub struct Officer {
    ctx: Context,
    person_id: i64,
    name: String,
    address: String,
    roles: Vec<StaffRole>,
    /// Those among them whose training is missing or has lapsed.
    untrained: Vec<StaffRole>,
}

impl Officer {
    /// The person.
    pub fn person_id(&self) -> i64 {
        self.person_id
    }

    /// What the person is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The person's e-mail address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The person's roles whose training stands.
    pub fn roles(&self) -> &[StaffRole] {
        &self.roles
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
pub trait StaffRoles: 'static {
    /// Whether this one is among them.
    fn takes(role: StaffRole) -> bool;
    /// Their words.
    fn words() -> Vec<&'static str>;
    /// Whether a role is needed at all: where none is, none needs its training.
    const GATED: bool = true;
}

/// Roles that may change something: every one but the auditor.
pub trait Acts: StaffRoles {}

macro_rules! role_types {
    ($($(#[$meta:meta])* $name:ident),+) => { $(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;

        impl StaffRoles for $name {
            fn takes(role: StaffRole) -> bool {
                role == StaffRole::$name
            }

            fn words() -> Vec<&'static str> {
                vec![StaffRole::$name.as_str()]
            }
        }
    )+ };
}
role_types!(
    /// Work orders.
    Support,
    /// Customer relations.
    Consultant,
    /// Real-name review.
    Reviewer,
    /// Money.
    Finance,
    /// Products, help, announcements.
    Editor,
    /// Privacy.
    Privacy,
    /// Reads, never writes.
    Auditor,
    /// People and roles.
    Admin
);

impl Acts for Support {}
impl Acts for Consultant {}
impl Acts for Reviewer {}
impl Acts for Finance {}
impl Acts for Editor {}
impl Acts for Privacy {}
impl Acts for Admin {}

/// Everybody on the staff.
#[derive(Debug)]
pub struct AnyRole;

impl StaffRoles for AnyRole {
    fn takes(_: StaffRole) -> bool {
        true
    }

    fn words() -> Vec<&'static str> {
        vec!["any"]
    }

    const GATED: bool = false;
}

macro_rules! role_tuples {
    ($($role:ident),+) => {
        impl<$($role: StaffRoles),+> StaffRoles for ($($role,)+) {
            fn takes(role: StaffRole) -> bool {
                $($role::takes(role))||+
            }

            fn words() -> Vec<&'static str> {
                [$($role::words()),+].concat()
            }
        }

        impl<$($role: Acts),+> Acts for ($($role,)+) {}
    };
}
role_tuples!(A, B);
role_tuples!(A, B, C);

/// A member of staff with at least one of the roles `R`.
#[derive(Debug)]
pub struct Staff<R = AnyRole>(Officer, PhantomData<fn() -> R>);

impl<R> Deref for Staff<R> {
    type Target = Officer;

    fn deref(&self) -> &Officer {
        &self.0
    }
}

impl<R: StaffRoles> Actor for Staff<R> {
    fn admit(conn: &mut Conn, session: Option<&SessionRow>, asked: &Asked) -> Result<Self, Error> {
        let session = session.ok_or(Error::SignIn(Door::Staff))?;
        if session.kind != PersonKind::Staff {
            return Err(Error::Forbidden);
        }
        // Whatever else may one day open a session: without the second step it is none for the staff (EN11).
        if session.method != SignInMethod::Totp {
            return Err(Error::SignIn(Door::Staff));
        }
        if !session.roles.iter().copied().any(R::takes) {
            return Err(Error::Forbidden);
        }
        // A role whose training is missing opens nothing, on the very next request (AZ6).
        let roles = training::standing(conn, session.person_id, &session.roles, asked.context.now)?;
        if R::GATED && !roles.iter().copied().any(R::takes) {
            return Err(Error::Untrained);
        }
        let untrained = session.roles.iter().copied().filter(|role| !roles.contains(role)).collect();
        let officer = Officer {
            ctx: session.context(asked),
            person_id: session.person_id,
            name: session.shown_name(),
            address: session.address.clone(),
            roles,
            untrained,
        };
        Ok(Self(officer, PhantomData))
    }

    fn face(&self) -> Option<Face> {
        Some(Face {
            person_id: self.person_id,
            name: self.name.clone(),
            account: None,
            account_number: String::new(),
            staff: true,
            // The navigation keeps what the training would open: there it says what is missing.
            roles: self.roles.iter().chain(&self.untrained).map(|role| role.as_str()).collect(),
        })
    }

    fn context(&self) -> &Context {
        &self.ctx
    }

    fn door() -> String {
        format!("staff({})", R::words().join("|"))
    }
}

impl<R: Acts> MayWrite for Staff<R> {
    /// A role that is taken, and a session that is ended, while a form is on its way decides nothing any more (SS4).
    fn hold(&self, conn: &mut Conn) -> Result<(), Error> {
        // Admins end one another's access: all of it first, so that two of them never each wait for the other.
        if R::takes(StaffRole::Admin) {
            roles::hold(conn, StaffRole::Admin)?;
        }
        let ended = Error::SignIn(Door::Staff);
        let Some(session) = self.ctx.author.session_id else { return Err(ended) };
        if !session::hold_standing(conn, self.person_id, session)? {
            return Err(ended);
        }
        if roles::of(conn, self.person_id)?.into_iter().any(|role| R::takes(role) && self.roles.contains(&role)) {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }
}
impl<R: StaffRoles> MayLook for Staff<R> {}
