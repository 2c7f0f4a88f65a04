//! The name of an account.

use diesel::prelude::*;

use super::super::{Member, Owner};
use crate::base::db::Conn;
use crate::base::db::schema::accounts;

/// Names the account, or takes the name away: a matter of its owners (A8).
pub(super) fn name_account(conn: &mut Conn, owner: &Member<Owner>, name: Option<&str>) -> QueryResult<()> {
    diesel::update(accounts::table.find(owner.account_id())).set(accounts::name.eq(name)).execute(conn)?;
    Ok(())
}
