//! Activations.

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{activations, people};
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::web::session::{PersonKind, PersonState};

/// Whose link it is.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Pending {
    pub id: i64,
    pub person_id: i64,
    pub subject_id: i64,
    pub number: String,
    pub address: String,
}

/// The activation of this link, while it works.
pub(super) fn pending(conn: &mut Conn, keys: &Keys, token: &str, now: Moment) -> QueryResult<Option<Pending>> {
    for hash in keys.hashes("activation", &[token.as_bytes()]) {
        let found = activations::table
            .inner_join(people::table)
            .filter(activations::token_hash.eq(hash))
            .filter(activations::used_at.is_null())
            .filter(activations::voided_at.is_null())
            .filter(activations::expires_at.gt(now))
            .filter(people::kind.eq(PersonKind::Staff))
            .filter(people::state.eq(PersonState::Active))
            .select((activations::id, activations::person_id, people::subject_id, people::public_id, people::address))
            .first(conn)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Uses the link up; false when it was used, replaced or ran out meanwhile.
pub(super) fn close(conn: &mut Conn, ctx: &Context, id: i64) -> QueryResult<bool> {
    let open = activations::table
        .find(id)
        .filter(activations::used_at.is_null())
        .filter(activations::voided_at.is_null())
        .filter(activations::expires_at.gt(ctx.now));
    Ok(diesel::update(open).set(activations::used_at.eq(Some(ctx.now))).execute(conn)? == 1)
}
