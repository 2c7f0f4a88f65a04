//! People who are signed in already: for tests of what lies behind the sign-in, not of the sign-in itself.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar, Key};
use diesel::prelude::*;
use easylink::base::db::Conn;
use easylink::base::db::schema::{accounts, memberships, people, sessions, staff_roles};
use easylink::base::types::{Address, Number};
use easylink::features::accounts::{MemberRole, new_person};
use easylink::services::context::{Author, AuthorKind, Context};
use easylink::services::records::new_subject;
use easylink::web::feature::StaffRole;
use easylink::web::session::{PersonKind, SignInMethod};

use super::people::Visitor;
use super::portal::{Portal, unique};

/// Somebody at a browser that is signed in.
pub struct Entered {
    pub visitor: Visitor,
    pub person_id: i64,
    /// The current account; 0 for staff.
    pub account_id: i64,
    pub address: String,
}

impl Deref for Entered {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl DerefMut for Entered {
    fn deref_mut(&mut self) -> &mut Visitor {
        &mut self.visitor
    }
}

impl Portal {
    /// The circumstances of a change that no page made.
    pub fn ctx(&self) -> Context {
        Context {
            now: self.house.clock.now(),
            keys: self.house.keys.clone(),
            base_url: self.house.base_url.clone(),
            network: Arc::from("127.0.0.0/24"),
            device: Arc::from("Test"),
            author: Author::nobody(AuthorKind::System),
        }
    }

    /// The owner of a new account.
    pub async fn enters(&self, address: &str) -> Entered {
        let ctx = self.ctx();
        let account = self
            .write(move |conn| {
                let subject = new_subject(conn, &ctx.keys, ctx.now).unwrap();
                diesel::insert_into(accounts::table)
                    .values((
                        accounts::subject_id.eq(subject),
                        accounts::number.eq(Number::random('A')),
                        accounts::state.eq("open"),
                        accounts::created_at.eq(ctx.now),
                    ))
                    .returning(accounts::id)
                    .get_result::<i64>(conn)
                    .unwrap()
            })
            .await;
        self.joins(account, address, MemberRole::Owner).await
    }

    /// A new person in an account that stands.
    pub async fn joins(&self, account: i64, address: &str, role: MemberRole) -> Entered {
        let (ctx, given) = (self.ctx(), Address::parse(address).unwrap());
        let person_id = self
            .write(move |conn| {
                let (person, _) = new_person(conn, &ctx, PersonKind::Customer, &given).unwrap();
                diesel::insert_into(memberships::table)
                    .values((
                        memberships::account_id.eq(account),
                        memberships::person_id.eq(person),
                        memberships::role.eq(role),
                        memberships::created_at.eq(ctx.now),
                    ))
                    .execute(conn)
                    .unwrap();
                person
            })
            .await;
        let visitor = self.signed_in(person_id, Some(account)).await;
        Entered { visitor, person_id, account_id: account, address: address.to_string() }
    }

    /// A member of staff with these roles, called `name`.
    pub async fn employs(&self, name: &str, roles: &'static [StaffRole]) -> Entered {
        let address = format!("{}@staff.example.com", name.to_lowercase());
        let (ctx, given, name) = (self.ctx(), Address::parse(&address).unwrap(), name.to_string());
        let person_id = self
            .write(move |conn| {
                let (person, _) = new_person(conn, &ctx, PersonKind::Staff, &given).unwrap();
                diesel::update(people::table.find(person)).set(people::name.eq(Some(name))).execute(conn).unwrap();
                for role in roles {
                    diesel::insert_into(staff_roles::table)
                        .values((
                            staff_roles::person_id.eq(person),
                            staff_roles::role.eq(*role),
                            staff_roles::granted_at.eq(ctx.now),
                        ))
                        .execute(conn)
                        .unwrap();
                }
                person
            })
            .await;
        let visitor = self.signed_in(person_id, None).await;
        Entered { visitor, person_id, account_id: 0, address }
    }

    /// A browser with a session of this person.
    pub async fn signed_in(&self, person_id: i64, account_id: Option<i64>) -> Visitor {
        let reference = format!("reference-{}-{}", std::process::id(), unique());
        let hash = self.house.keys.hash("session", &[reference.as_bytes()]).to_vec();
        let now = self.house.clock.now();
        // Staff have sessions by a second step only.
        let method = if account_id.is_some() { SignInMethod::Password } else { SignInMethod::Totp };
        self.write(move |conn: &mut Conn| {
            diesel::insert_into(sessions::table)
                .values((
                    sessions::public_id.eq(Number::random('S')),
                    sessions::reference_hash.eq(hash),
                    sessions::person_id.eq(person_id),
                    sessions::account_id.eq(account_id),
                    sessions::method.eq(method),
                    sessions::remembered.eq(true),
                    sessions::stepped_up_at.eq(Some(now)),
                    sessions::created_at.eq(now),
                    sessions::signed_in_at.eq(now),
                    sessions::seen_at.eq(now),
                    sessions::network.eq("127.0.0.0/24"),
                    sessions::device.eq("Test"),
                ))
                .execute(conn)
                .unwrap()
        })
        .await;
        let state = HashMap::from([("r", serde_json::to_string(&reference).unwrap())]);
        let key = Key::from(&self.house.keys.cookie_keys()[0]);
        let mut jar = CookieJar::new();
        jar.private_mut(&key).add(Cookie::new("session", serde_json::to_string(&state).unwrap()));
        let sealed = jar.get("session").unwrap().encoded().to_string();
        let mut visitor = self.visitor();
        visitor.jar.insert("session".to_string(), sealed.split_once('=').unwrap().1.to_string());
        visitor
    }
}
