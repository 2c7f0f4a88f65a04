//! What reviewers see of recoveries.

use diesel::prelude::*;

use super::super::model::RecoveryState;
use crate::base::db::Conn;
use crate::base::db::schema::account_recoveries;
use crate::base::types::{Moment, Number};
use crate::features::staff::Officer;

/// One in the queue: nothing of whom it is about.
#[derive(Debug, Clone, Queryable)]
pub(in super::super) struct Row {
    pub number: Number,
    pub state: RecoveryState,
    pub asked_at: Moment,
    pub due_at: Moment,
}

/// What is open, longest first.
pub(in super::super) fn queue(
    conn: &mut Conn,
    _: &Officer,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Row>>> {
    let mut query = account_recoveries::table
        .filter(account_recoveries::settled_at.is_null())
        .filter(account_recoveries::state.ne(RecoveryState::Draft))
        .select((
            account_recoveries::number,
            account_recoveries::state,
            account_recoveries::asked_at,
            account_recoveries::due_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        let last: Option<(i64, Moment)> = account_recoveries::table
            .filter(account_recoveries::number.eq(after))
            .filter(account_recoveries::settled_at.is_null())
            .filter(account_recoveries::state.ne(RecoveryState::Draft))
            .select((account_recoveries::id, account_recoveries::asked_at))
            .first(conn)
            .optional()?;
        let Some((id, at)) = last else { return Ok(None) };
        let later = account_recoveries::asked_at.gt(at);
        let same = account_recoveries::asked_at.eq(at).and(account_recoveries::id.gt(id));
        query = query.filter(later.or(same));
    }
    query.order((account_recoveries::asked_at, account_recoveries::id)).limit(most).load(conn).map(Some)
}

/// How many wait for a reviewer.
pub(in super::super) fn count(conn: &mut Conn) -> QueryResult<i64> {
    account_recoveries::table
        .filter(account_recoveries::state.eq_any([RecoveryState::Asked, RecoveryState::Confirmed]))
        .count()
        .get_result(conn)
}
