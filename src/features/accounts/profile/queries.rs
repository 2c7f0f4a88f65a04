//! Names of people and accounts.

use diesel::prelude::*;

use super::super::Customer;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, people};

/// Names the person; nothing takes the name away.
pub(super) fn name_person(conn: &mut Conn, customer: &Customer, name: Option<&str>) -> QueryResult<()> {
    diesel::update(people::table.find(customer.person_id())).set(people::name.eq(name)).execute(conn)?;
    Ok(())
}

/// Names the account; nothing takes the name away.
pub(super) fn name_account(conn: &mut Conn, customer: &Customer, name: Option<&str>) -> QueryResult<()> {
    diesel::update(accounts::table.find(customer.account_id())).set(accounts::name.eq(name)).execute(conn)?;
    Ok(())
}
