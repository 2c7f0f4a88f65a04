//! Staff: adding them, their activations, their second step.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use diesel::prelude::*;
use serde_json::json;

use super::actor::Officer;
use crate::base::chance;
use crate::base::db::schema::{activations, memberships, people};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Address, Moment, Number};
use crate::features::accounts::factors::{self, TotpSecret};
use crate::features::accounts::{PasswordClass, name_person, new_person, set_password};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::roles;
use crate::web::session::{self, PersonKind};

/// How long an activation link works (PW10).
const LINK_LIVES: Duration = Duration::from_secs(24 * 3600);

/// Whether an account is, by the address of this member of the staff, also their own, or was: then others decide about it.
pub fn is_own(conn: &mut Conn, person_id: i64, account_id: i64) -> QueryResult<bool> {
    let officers = diesel::alias!(people as officers);
    let address = officers.filter(officers.field(people::id).eq(person_id)).select(officers.field(people::address));
    let own = memberships::table
        .inner_join(people::table)
        .filter(people::address.eq_any(address))
        .filter(memberships::account_id.eq(account_id));
    diesel::select(diesel::dsl::exists(own)).get_result(conn)
}

/// The accounts that are, by the address of this member of the staff, also their own, or were.
pub fn own_accounts(conn: &mut Conn, officer: &Officer) -> QueryResult<Vec<i64>> {
    memberships::table
        .inner_join(people::table)
        .filter(people::address.eq(officer.address()))
        .select(memberships::account_id)
        .load(conn)
}

/// Whether a customer is, by the address, this member of the staff, or belongs or belonged to an account with them.
pub fn is_near(conn: &mut Conn, officer: &Officer, customer_id: i64) -> QueryResult<bool> {
    let own = people::table.find(customer_id).filter(people::address.eq(officer.address()));
    if diesel::select(diesel::dsl::exists(own)).get_result(conn)? {
        return Ok(true);
    }
    let theirs = diesel::alias!(memberships as theirs);
    let shared = theirs.filter(theirs.field(memberships::person_id).eq(customer_id));
    let member = memberships::table
        .inner_join(people::table)
        .filter(people::address.eq(officer.address()))
        .filter(memberships::account_id.eq_any(shared.select(theirs.field(memberships::account_id))));
    diesel::select(diesel::dsl::exists(member)).get_result(conn)
}

/// Whether somebody on the staff has this address, also somebody whose work here has ended.
pub(super) fn address_taken(conn: &mut Conn, address: &Address) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        people::table.filter(people::kind.eq(PersonKind::Staff)).filter(people::address.eq(address)),
    ))
    .get_result(conn)
}

/// Somebody new on the staff, and the link with which they begin.
#[derive(Debug, Clone)]
pub(super) struct Added {
    /// The person.
    pub person_id: i64,
    /// The person's public number.
    pub number: Number,
    /// The path of the activation link, with its token: shown and mailed once, kept nowhere.
    pub path: String,
}

/// Adds a person with roles and makes the first activation link; `None`, with nothing written, when somebody on the staff
/// has the address already or gets it in this very moment.
pub(super) fn add(
    conn: &mut Conn,
    ctx: &Context,
    address: &Address,
    name: Option<&str>,
    roles: &[StaffRole],
) -> QueryResult<Option<Added>> {
    unless_taken(conn, |conn| {
        let (person_id, subject_id) = new_person(conn, ctx, PersonKind::Staff, address)?;
        let number = begin(conn, ctx, (person_id, subject_id), name, roles)?;
        let path = open_activation(conn, ctx, person_id)?;
        Ok(Added { person_id, number, path })
    })
}

/// Makes an activation link, after which older ones no longer work; answers its path.
pub(super) fn open_activation(conn: &mut Conn, ctx: &Context, person_id: i64) -> QueryResult<String> {
    void_links(conn, person_id, ctx.now)?;
    let token = BASE64URL_NOPAD.encode(&chance::bytes::<32>());
    diesel::insert_into(activations::table)
        .values((
            activations::person_id.eq(person_id),
            activations::token_hash.eq(ctx.keys.hash("activation", &[token.as_bytes()]).to_vec()),
            activations::created_at.eq(ctx.now),
            activations::expires_at.eq(ctx.now.plus(LINK_LIVES)),
        ))
        .execute(conn)?;
    Ok(format!("/staff/activation/{token}"))
}

/// The open activation links of a person stop working, also for a form that is on its way already. The person is held, so
/// that a link that is being used or made meanwhile is used, or made, before or after.
pub(super) fn void_links(conn: &mut Conn, person_id: i64, now: Moment) -> QueryResult<()> {
    session::hold(conn, person_id)?;
    let open = activations::table
        .filter(activations::person_id.eq(person_id))
        .filter(activations::used_at.is_null())
        .filter(activations::voided_at.is_null());
    diesel::update(open).set(activations::voided_at.eq(Some(now))).execute(conn)?;
    Ok(())
}

/// Stores the password and the second step with which a person signs in from now on. `step` is the last step of
/// RFC 6238 that was used; none before it, nor itself, works again.
pub(super) fn set_factors(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    hash: &str,
    class: PasswordClass,
    secret: &TotpSecret,
    step: i64,
) -> QueryResult<()> {
    if !set_password(conn, person_id, hash, class, ctx.now)? {
        return Err(diesel::result::Error::NotFound);
    }
    factors::set(conn, ctx, person_id, secret, step)
}

/// Somebody who may sign in at once, without a link: for a demonstration and for tests.
#[derive(Clone)]
pub struct Enrolled<'a> {
    /// The e-mail address.
    pub address: Address,
    /// The name.
    pub name: &'a str,
    /// What the hasher made of the password.
    pub password_hash: &'a str,
    /// The secret of the authenticator.
    pub secret: TotpSecret,
    /// The roles.
    pub roles: &'a [StaffRole],
}

/// Makes a member of staff who is activated already; answers the person's id.
pub fn enrol(conn: &mut Conn, ctx: &Context, person: &Enrolled<'_>) -> QueryResult<i64> {
    let (person_id, subject_id) = new_person(conn, ctx, PersonKind::Staff, &person.address)?;
    begin(conn, ctx, (person_id, subject_id), Some(person.name), person.roles)?;
    set_factors(conn, ctx, person_id, person.password_hash, PasswordClass::Strong, &person.secret, 0)?;
    Ok(person_id)
}

/// Whether an admin who can sign in would be left without this person.
pub(super) fn admin_besides(conn: &mut Conn, person_id: i64) -> QueryResult<bool> {
    Ok(roles::holders(conn, StaffRole::Admin)?.iter().any(|one| one.activated && one.id != person_id))
}

/// Name, roles and the record of somebody new; answers the public number.
fn begin(
    conn: &mut Conn,
    ctx: &Context,
    (person_id, subject_id): (i64, i64),
    name: Option<&str>,
    roles: &[StaffRole],
) -> QueryResult<Number> {
    name_person(conn, person_id, name)?;
    for role in roles {
        roles::grant(conn, ctx, person_id, *role)?;
    }
    let number: Number = people::table.find(person_id).select(people::public_id).first(conn)?;
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let entry = Entry::new(Event::StaffAdded).about(number.as_str()).of_person(person_id, subject_id);
    records::keep(conn, ctx, entry.with(json!({ "roles": words })))?;
    Ok(number)
}
