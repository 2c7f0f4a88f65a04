//! Accounts and memberships, as the actors read them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::MemberRole;
use super::passwords::PasswordClass;
use super::proof::Known;
use crate::base::db::schema::{accounts, memberships, people};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Address, Moment, Number};
use crate::services::context::Context;
use crate::services::records::new_subject;
use crate::web::Face;
use crate::web::session::{AccountState, PersonKind, PersonState, SessionRow};

/// A person's place in the current account.
pub(super) struct Membership {
    pub account_id: i64,
    pub number: String,
    pub name: Option<String>,
    pub role: MemberRole,
}

/// The standing membership of this session's person in its current account.
pub(super) fn membership(session: &SessionRow) -> Option<Membership> {
    let place = session.place.as_ref()?;
    Some(Membership {
        account_id: session.account_id?,
        number: place.number.clone(),
        name: place.name.clone(),
        role: MemberRole::parse(&place.role)?,
    })
}

/// Who is shown as signed in, customer or staff.
pub(super) fn face(session: &SessionRow) -> Face {
    let (person_id, name) = (session.person_id, session.shown_name());
    if session.kind == PersonKind::Staff {
        let roles = session.roles.iter().map(|role| role.as_str()).collect();
        return Face { person_id, name, account: None, account_number: String::new(), staff: true, roles };
    }
    match membership(session) {
        Some(found) => Face {
            person_id,
            account: Some(called(found.name.as_deref(), found.role, &session.address, &found.number)),
            account_number: found.number,
            roles: vec![found.role.as_str()],
            staff: false,
            name,
        },
        None => Face { person_id, name, account: None, account_number: String::new(), staff: false, roles: Vec::new() },
    }
}

/// What an account is called on a member's pages: its name, else its owner by address, to others by number.
pub(super) fn called(name: Option<&str>, role: MemberRole, address: &str, number: &str) -> String {
    match (name, role) {
        (Some(name), _) => name.to_string(),
        (None, MemberRole::Owner) => address.to_string(),
        (None, _) => Number::parse('A', number).map_or_else(|| number.to_string(), |number| number.to_string()),
    }
}

/// Makes a person without a password and a subject of their own; answers their ids (person, subject). An address that
/// this kind of person has already is refused by the database.
pub fn new_person(conn: &mut Conn, ctx: &Context, kind: PersonKind, address: &Address) -> QueryResult<(i64, i64)> {
    let subject = new_subject(conn, &ctx.keys, ctx.now)?;
    let person = diesel::insert_into(people::table)
        .values((
            people::public_id.eq(Number::random('P')),
            people::subject_id.eq(subject),
            people::kind.eq(kind),
            people::address.eq(address),
            people::state.eq(PersonState::Active),
            people::created_at.eq(ctx.now),
        ))
        .returning(people::id)
        .get_result(conn)?;
    Ok((person, subject))
}

/// The person of this kind and address who may sign in.
pub(super) fn known(conn: &mut Conn, kind: PersonKind, address: &Address) -> QueryResult<Option<Known>> {
    people::table
        .filter(people::kind.eq(kind))
        .filter(people::address.eq(address))
        .filter(people::state.eq(PersonState::Active))
        .select((people::id, people::subject_id, people::password_hash))
        .first(conn)
        .optional()
}

/// Whether a person of this kind has the address, in whatever state.
pub(super) fn exists(conn: &mut Conn, kind: PersonKind, address: &Address) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(people::table.filter(people::kind.eq(kind)).filter(people::address.eq(address))))
        .get_result(conn)
}

/// The subject of a person who may sign in.
pub(super) fn active_subject(conn: &mut Conn, person_id: i64) -> QueryResult<Option<i64>> {
    people::table
        .find(person_id)
        .filter(people::state.eq(PersonState::Active))
        .select(people::subject_id)
        .first(conn)
        .optional()
}

/// Stores `new` where `old` still is the password of somebody who may sign in.
pub(super) fn redeem(conn: &mut Conn, person_id: i64, old: &str, new: &str) -> QueryResult<bool> {
    let changed = diesel::update(
        people::table
            .find(person_id)
            .filter(people::password_hash.eq(old))
            .filter(people::state.eq(PersonState::Active)),
    )
    .set(people::password_hash.eq(new))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Sets a new password of somebody who may sign in.
pub fn set_password(
    conn: &mut Conn,
    person_id: i64,
    hash: &str,
    class: PasswordClass,
    now: Moment,
) -> QueryResult<bool> {
    let changed = diesel::update(people::table.find(person_id).filter(people::state.eq(PersonState::Active)))
        .set((people::password_hash.eq(hash), people::password_class.eq(class), people::password_at.eq(Some(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes a person's password away: no sign-in until one is set.
pub(super) fn clear_password(conn: &mut Conn, person_id: i64) -> QueryResult<()> {
    diesel::update(people::table.find(person_id))
        .set((
            people::password_hash.eq(None::<String>),
            people::password_class.eq(None::<PasswordClass>),
            people::password_at.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Names a person, or takes the name away.
pub fn name_person(conn: &mut Conn, person_id: i64, name: Option<&str>) -> QueryResult<()> {
    diesel::update(people::table.find(person_id)).set(people::name.eq(name)).execute(conn)?;
    Ok(())
}

/// State, subject and public number of a person.
pub(super) fn standing(conn: &mut Conn, person_id: i64) -> QueryResult<(PersonState, i64, Number)> {
    people::table.find(person_id).select((people::state, people::subject_id, people::public_id)).first(conn)
}

/// Moves a person from one state to another; false when the person is no longer in it.
pub(super) fn set_state(conn: &mut Conn, person_id: i64, from: PersonState, to: PersonState) -> QueryResult<bool> {
    let standing = people::table.find(person_id).filter(people::state.eq(from));
    Ok(diesel::update(standing).set(people::state.eq(to)).execute(conn)? == 1)
}

/// A customer to be made.
#[derive(Clone)]
pub struct NewCustomer<'a> {
    /// The address to sign in with.
    pub address: &'a Address,
    /// The person's name, when given.
    pub name: Option<&'a str>,
    /// What the account is called.
    pub account_name: Option<&'a str>,
    /// The hasher's text.
    pub password_hash: &'a str,
    /// What is remembered of the password's strength.
    pub password_class: PasswordClass,
}

/// A customer that was made.
#[derive(Debug, Clone)]
pub struct Created {
    /// The person.
    pub person_id: i64,
    /// The person's subject.
    pub subject_id: i64,
    /// The account, owned by the person.
    pub account_id: i64,
    /// Its public number.
    pub account_number: Number,
}

/// Makes a person, an account and the ownership that joins them (A8).
pub fn create_customer(conn: &mut Conn, ctx: &Context, new: &NewCustomer<'_>) -> QueryResult<Created> {
    let (person_id, subject_id) = new_person(conn, ctx, PersonKind::Customer, new.address)?;
    diesel::update(people::table.find(person_id))
        .set((
            people::name.eq(new.name),
            people::password_hash.eq(new.password_hash),
            people::password_class.eq(new.password_class),
            people::password_at.eq(Some(ctx.now)),
        ))
        .execute(conn)?;
    let account_subject = new_subject(conn, &ctx.keys, ctx.now)?;
    let account_number = Number::random('A');
    let account_id: i64 = diesel::insert_into(accounts::table)
        .values((
            accounts::subject_id.eq(account_subject),
            accounts::number.eq(&account_number),
            accounts::name.eq(new.account_name),
            accounts::state.eq(AccountState::Open),
            accounts::created_at.eq(ctx.now),
        ))
        .returning(accounts::id)
        .get_result(conn)?;
    diesel::insert_into(memberships::table)
        .values((
            memberships::account_id.eq(account_id),
            memberships::person_id.eq(person_id),
            memberships::role.eq(MemberRole::Owner),
            memberships::created_at.eq(ctx.now),
        ))
        .execute(conn)?;
    Ok(Created { person_id, subject_id, account_id, account_number })
}

/// The same for an address that may be taken in this very moment, by another window or by a stranger: `None` then, with
/// nothing written. Only the database can tell which of two at once was first.
pub(super) fn open_customer(conn: &mut Conn, ctx: &Context, new: &NewCustomer<'_>) -> QueryResult<Option<Created>> {
    unless_taken(conn, |conn| create_customer(conn, ctx, new))
}

/// The account in which a person works first: the oldest membership that stands.
pub(super) fn first_account(conn: &mut Conn, person_id: i64) -> QueryResult<Option<i64>> {
    memberships::table
        .inner_join(accounts::table)
        .filter(memberships::person_id.eq(person_id))
        .filter(memberships::ended_at.is_null())
        .filter(accounts::state.ne(AccountState::Closed))
        .order(memberships::id)
        .select(accounts::id)
        .first(conn)
        .optional()
}

/// Somebody who reads mail about what was begun in an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable)]
pub struct Reader {
    /// The person.
    pub id: i64,
    /// The person's address.
    pub address: String,
}

/// A member of an account, in a role of it.
type Member = (i64, MemberRole, Reader);

const MEMBER: (memberships::account_id, memberships::role, (people::id, people::address)) =
    (memberships::account_id, memberships::role, (people::id, people::address));

/// Who reads mail about a thing of this account that this person began: whoever began it while the membership stands, else
/// the owners of the account.
pub fn readers_of(conn: &mut Conn, account_id: i64, person_id: i64) -> QueryResult<Vec<Reader>> {
    let members: Vec<Member> = memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner).or(memberships::person_id.eq(person_id)))
        .order(memberships::id)
        .select(MEMBER)
        .load(conn)?;
    Ok(chosen(&members, (account_id, person_id)))
}

/// The owners of an account.
pub fn owners_of(conn: &mut Conn, account_id: i64) -> QueryResult<Vec<Reader>> {
    memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner))
        .order(memberships::id)
        .select((people::id, people::address))
        .load(conn)
}

/// The owners of many accounts at once, by account.
pub fn owners(conn: &mut Conn, accounts: &[i64]) -> QueryResult<BTreeMap<i64, Vec<Reader>>> {
    let rows: Vec<(i64, (i64, String))> = memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq_any(accounts))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner))
        .order(memberships::id)
        .select((memberships::account_id, (people::id, people::address)))
        .load(conn)?;
    let mut owners: BTreeMap<i64, Vec<Reader>> = BTreeMap::new();
    for (account, (id, address)) in rows {
        owners.entry(account).or_default().push(Reader { id, address });
    }
    Ok(owners)
}

/// Who reads mail about many things at once, given as (account, who began it). At most some hundreds at a time: unlike that of one
/// thing, the statement is not prepared once.
pub fn readers(conn: &mut Conn, begun: &[(i64, i64)]) -> QueryResult<Vec<Vec<Reader>>> {
    let (places, people_asked): (BTreeSet<i64>, BTreeSet<i64>) = begun.iter().copied().unzip();
    let members: Vec<Member> = memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq_any(places))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner).or(memberships::person_id.eq_any(people_asked)))
        .order(memberships::id)
        .select(MEMBER)
        .load(conn)?;
    Ok(begun.iter().map(|one| chosen(&members, *one)).collect())
}

fn chosen(members: &[Member], (account_id, person_id): (i64, i64)) -> Vec<Reader> {
    let here = || members.iter().filter(move |(place, ..)| *place == account_id);
    match here().find(|(.., reader)| reader.id == person_id) {
        Some((.., reader)) => vec![reader.clone()],
        None => here().filter(|(_, role, _)| *role == MemberRole::Owner).map(|(.., one)| one.clone()).collect(),
    }
}
