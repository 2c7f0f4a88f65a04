//! Contacts who were asked.

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::{identity_cases, identity_contacts};
use crate::base::types::{Moment, text_enum};
use crate::features::identity::cases::{Case, columns};

text_enum! {
    /// What became of asking.
    pub enum ContactState {
        /// The link is on its way.
        Asked = "asked",
        /// The contact agreed.
        Agreed = "agreed",
        /// The contact refused.
        Refused = "refused",
        /// Nobody needs the answer any more.
        Ended = "ended",
    }
}

const PURPOSE: &str = "identity-contact";

/// The keyed hash of a link's token.
pub(super) fn hash(keys: &Keys, token: &str) -> Vec<u8> {
    keys.hash(PURPOSE, &[token.as_bytes()]).to_vec()
}

/// Forgets an answer, and the link to it: what was typed is another now.
pub(in crate::features::identity) fn forget(conn: &mut Conn, case_id: i64) -> QueryResult<()> {
    diesel::delete(identity_contacts::table.filter(identity_contacts::case_id.eq(case_id))).execute(conn)?;
    Ok(())
}

/// Asks, or asks anew with another link: the one before opens nothing any more.
pub(super) fn ask(conn: &mut Conn, case_id: i64, hash: Vec<u8>, (now, until): (Moment, Moment)) -> QueryResult<()> {
    forget(conn, case_id)?;
    diesel::insert_into(identity_contacts::table)
        .values((
            identity_contacts::case_id.eq(case_id),
            identity_contacts::token_hash.eq(hash),
            identity_contacts::state.eq(ContactState::Asked),
            identity_contacts::asked_at.eq(now),
            identity_contacts::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// The case whose contact this link asks, while it does.
pub(super) fn by_token(conn: &mut Conn, keys: &Keys, token: &str, now: Moment) -> QueryResult<Option<Case>> {
    identity_contacts::table
        .inner_join(identity_cases::table)
        .filter(identity_contacts::token_hash.eq_any(keys.hashes(PURPOSE, &[token.as_bytes()])))
        .filter(identity_contacts::state.eq(ContactState::Asked))
        .filter(identity_contacts::expires_at.gt(now))
        .select(columns!())
        .first(conn)
        .optional()
}

/// Cases whose contact did not answer in time, at most `most`.
pub(super) fn silent(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<Case>> {
    identity_contacts::table
        .inner_join(identity_cases::table)
        .filter(identity_contacts::state.eq(ContactState::Asked))
        .filter(identity_contacts::expires_at.le(now))
        .order(identity_contacts::expires_at)
        .limit(most)
        .select(columns!())
        .load(conn)
}

/// Keeps the answer with what was shown; false when it was given already.
pub(super) fn answered(
    conn: &mut Conn,
    case_id: i64,
    state: ContactState,
    (notice, network): (Vec<u8>, &str),
    now: Moment,
) -> QueryResult<bool> {
    let open = identity_contacts::table
        .filter(identity_contacts::case_id.eq(case_id))
        .filter(identity_contacts::state.eq(ContactState::Asked));
    let kept = diesel::update(open)
        .set((
            identity_contacts::state.eq(state),
            identity_contacts::notice_hash.eq(Some(notice)),
            identity_contacts::network.eq(Some(network.to_string())),
            identity_contacts::answered_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Whether the contact of this case agreed.
pub(in crate::features::identity) fn agreed(conn: &mut Conn, case_id: i64) -> QueryResult<bool> {
    let given = identity_contacts::table
        .filter(identity_contacts::case_id.eq(case_id))
        .filter(identity_contacts::state.eq(ContactState::Agreed));
    diesel::select(diesel::dsl::exists(given)).get_result(conn)
}

/// The link of a case opens nothing any more.
pub(super) fn end(conn: &mut Conn, case_id: i64) -> QueryResult<()> {
    let open = identity_contacts::table
        .filter(identity_contacts::case_id.eq(case_id))
        .filter(identity_contacts::state.eq(ContactState::Asked));
    diesel::update(open).set(identity_contacts::state.eq(ContactState::Ended)).execute(conn)?;
    Ok(())
}
