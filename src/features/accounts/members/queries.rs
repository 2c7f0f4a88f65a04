//! Members and their places.

use diesel::prelude::*;

use super::super::{Customer, MemberRole};
use super::model::{Fellow, Place};
use crate::base::db::schema::{accounts, memberships, people};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Moment, Number};
use crate::web::session::{AccountState, PersonState};

/// Waits until no other transaction changes who belongs to this account. SQLite has one writer and needs no lock.
pub(super) fn hold_account(conn: &mut Conn, account: i64) -> QueryResult<()> {
    if let Conn::Pg(pg) = conn {
        accounts::table.find(account).select(accounts::id).for_no_key_update().execute(pg)?;
    }
    Ok(())
}

type Columns = (
    memberships::id,
    people::id,
    people::public_id,
    people::name,
    people::address,
    memberships::role,
    memberships::created_at,
);

const COLUMNS: Columns = (
    memberships::id,
    people::id,
    people::public_id,
    people::name,
    people::address,
    memberships::role,
    memberships::created_at,
);

/// Everybody in the account, oldest first.
pub(super) fn fellows(conn: &mut Conn, account_id: i64) -> QueryResult<Vec<Fellow>> {
    memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::ended_at.is_null())
        .order(memberships::id)
        .select(COLUMNS)
        .load(conn)
}

/// The member of this number.
pub(super) fn fellow(conn: &mut Conn, member: &Customer, number: &Number) -> QueryResult<Option<Fellow>> {
    memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq(member.account_id()))
        .filter(memberships::ended_at.is_null())
        .filter(people::public_id.eq(number))
        .select(COLUMNS)
        .first(conn)
        .optional()
}

/// Whether an owner who can sign in would be left without this person.
pub(super) fn owner_besides(conn: &mut Conn, account_id: i64, person_id: i64) -> QueryResult<bool> {
    let others = memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner))
        .filter(people::state.eq(PersonState::Active))
        .filter(people::id.ne(person_id));
    diesel::select(diesel::dsl::exists(others)).get_result(conn)
}

/// Gives a member another role; false when it is not that of the row any more.
pub(super) fn set_role(conn: &mut Conn, fellow: &Fellow, role: MemberRole) -> QueryResult<bool> {
    let standing = memberships::table
        .find(fellow.membership_id)
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(fellow.role));
    Ok(diesel::update(standing).set(memberships::role.eq(role)).execute(conn)? == 1)
}

/// Ends a person's place in an account; false when there is none.
pub(super) fn end(conn: &mut Conn, account_id: i64, person_id: i64, now: Moment) -> QueryResult<bool> {
    let standing = memberships::table
        .filter(memberships::account_id.eq(account_id))
        .filter(memberships::person_id.eq(person_id))
        .filter(memberships::ended_at.is_null());
    Ok(diesel::update(standing).set(memberships::ended_at.eq(Some(now))).execute(conn)? == 1)
}

/// Gives a person a place in an account; false when they have one already.
pub(super) fn seat(
    conn: &mut Conn,
    account_id: i64,
    person_id: i64,
    role: MemberRole,
    now: Moment,
) -> QueryResult<bool> {
    let seated = unless_taken(conn, |conn| {
        diesel::insert_into(memberships::table)
            .values((
                memberships::account_id.eq(account_id),
                memberships::person_id.eq(person_id),
                memberships::role.eq(role),
                memberships::created_at.eq(now),
            ))
            .execute(conn)
    });
    Ok(seated?.is_some())
}

/// The accounts that a person belongs to, oldest place first.
pub(super) fn places(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<Place>> {
    let rows: Vec<(i64, Number, Option<String>, MemberRole)> = memberships::table
        .inner_join(accounts::table)
        .filter(memberships::person_id.eq(person_id))
        .filter(memberships::ended_at.is_null())
        .filter(accounts::state.ne(AccountState::Closed))
        .order(memberships::id)
        .select((accounts::id, accounts::number, accounts::name, memberships::role))
        .load(conn)?;
    let unnamed: Vec<i64> = rows.iter().filter(|(_, _, name, _)| name.is_none()).map(|(id, ..)| *id).collect();
    let owners = owners(conn, &unnamed)?;
    let place = |(account_id, number, name, role): (i64, Number, Option<String>, MemberRole)| {
        let called = name.or_else(|| oldest(&owners, account_id)).unwrap_or_else(|| number.to_string());
        Place { account_id, number, called, role }
    };
    Ok(rows.into_iter().map(place).collect())
}

/// How many accounts a person belongs to.
pub(super) fn count_places(conn: &mut Conn, person_id: i64) -> QueryResult<i64> {
    memberships::table
        .inner_join(accounts::table)
        .filter(memberships::person_id.eq(person_id))
        .filter(memberships::ended_at.is_null())
        .filter(accounts::state.ne(AccountState::Closed))
        .count()
        .get_result(conn)
}

/// What an account is called: its name, else that of its oldest owner.
pub(super) fn called(conn: &mut Conn, account_id: i64) -> QueryResult<String> {
    let (number, name): (Number, Option<String>) =
        accounts::table.find(account_id).select((accounts::number, accounts::name)).first(conn)?;
    match name {
        Some(name) => Ok(name),
        None => Ok(oldest(&owners(conn, &[account_id])?, account_id).unwrap_or_else(|| number.to_string())),
    }
}

/// Account, name and address of an owner.
type Owner = (i64, Option<String>, String);

/// The owners of these accounts, oldest first.
fn owners(conn: &mut Conn, accounts: &[i64]) -> QueryResult<Vec<Owner>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    memberships::table
        .inner_join(people::table)
        .filter(memberships::account_id.eq_any(accounts))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner))
        .order(memberships::id)
        .select((memberships::account_id, people::name, people::address))
        .load(conn)
}

/// What the oldest owner of an account is called.
fn oldest(owners: &[Owner], account_id: i64) -> Option<String> {
    let (_, name, address) = owners.iter().find(|(account, ..)| *account == account_id)?;
    Some(name.clone().unwrap_or_else(|| address.clone()))
}
