//! Customers, as whoever locks them sees them.

use diesel::prelude::*;

use crate::base::db::Conn;
use crate::base::db::schema::{accounts, memberships, people};
use crate::base::types::{Address, Moment, Number};
use crate::features::accounts::MemberRole;
use crate::web::session::PersonKind;

/// A customer.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Found {
    pub id: i64,
    pub subject_id: i64,
    pub number: Number,
    pub address: Address,
    pub created_at: Moment,
}

type Columns = (people::id, people::subject_id, people::public_id, people::address, people::created_at);

const COLUMNS: Columns = (people::id, people::subject_id, people::public_id, people::address, people::created_at);

/// The customer with this number.
pub(super) fn by_number(conn: &mut Conn, number: &Number) -> QueryResult<Option<Found>> {
    people::table
        .filter(people::kind.eq(PersonKind::Customer))
        .filter(people::public_id.eq(number))
        .select(COLUMNS)
        .first(conn)
        .optional()
}

/// The customer with exactly this address.
pub(super) fn by_address(conn: &mut Conn, address: &Address) -> QueryResult<Option<Found>> {
    people::table
        .filter(people::kind.eq(PersonKind::Customer))
        .filter(people::address.eq(address))
        .select(COLUMNS)
        .first(conn)
        .optional()
}

/// The owner of the account with this number, if there is one alone.
pub(super) fn owner_of(conn: &mut Conn, account: &Number) -> QueryResult<Option<Found>> {
    let mut owners: Vec<Found> = memberships::table
        .inner_join(people::table)
        .inner_join(accounts::table)
        .filter(accounts::number.eq(account))
        .filter(memberships::role.eq(MemberRole::Owner))
        .filter(memberships::ended_at.is_null())
        .limit(2)
        .select(COLUMNS)
        .load(conn)?;
    Ok(if owners.len() == 1 { owners.pop() } else { None })
}

/// The numbers of the accounts that a person belongs to, oldest first.
pub(super) fn accounts_of(conn: &mut Conn, person_id: i64) -> QueryResult<Vec<Number>> {
    memberships::table
        .inner_join(accounts::table)
        .filter(memberships::person_id.eq(person_id))
        .filter(memberships::ended_at.is_null())
        .order(memberships::id)
        .limit(50)
        .select(accounts::number)
        .load(conn)
}
