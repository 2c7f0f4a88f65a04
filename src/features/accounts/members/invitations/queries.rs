//! Invitations in the database.

use diesel::prelude::*;

use super::model::{Invitation, InvitationState, LIFE};
use crate::base::crypto::Keys;
use crate::base::db::schema::{accounts, invitations, people};
use crate::base::db::{Conn, unless_taken};
use crate::base::types::{Address, Moment, Number};
use crate::features::accounts::{Customer, MemberRole};
use crate::web::session::AccountState;

/// Those that wait for their readers, with who sent them.
macro_rules! open {
    () => {
        invitations::table.inner_join(people::table).filter(invitations::state.eq(InvitationState::Invited))
    };
}

type Columns = (
    invitations::id,
    invitations::number,
    invitations::account_id,
    invitations::address,
    invitations::role,
    invitations::state,
    invitations::expires_at,
    people::name,
    people::address,
);

const COLUMNS: Columns = (
    invitations::id,
    invitations::number,
    invitations::account_id,
    invitations::address,
    invitations::role,
    invitations::state,
    invitations::expires_at,
    people::name,
    people::address,
);

/// What is kept of a new invitation.
pub(super) struct NewInvitation<'a> {
    pub number: &'a Number,
    pub account_id: i64,
    pub inviter: i64,
    pub address: &'a Address,
    pub role: MemberRole,
    pub token_hash: Vec<u8>,
    pub at: Moment,
}

/// Keeps an invitation; false when one to the same address is open.
pub(super) fn insert(conn: &mut Conn, new: &NewInvitation<'_>) -> QueryResult<bool> {
    let row = (
        invitations::number.eq(new.number),
        invitations::account_id.eq(new.account_id),
        invitations::invited_by_id.eq(new.inviter),
        invitations::address.eq(new.address),
        invitations::role.eq(new.role),
        invitations::state.eq(InvitationState::Invited),
        invitations::token_hash.eq(&new.token_hash),
        invitations::created_at.eq(new.at),
        invitations::sent_at.eq(new.at),
        invitations::expires_at.eq(new.at.plus(LIFE)),
    );
    Ok(unless_taken(conn, |conn| diesel::insert_into(invitations::table).values(row).execute(conn))?.is_some())
}

/// Those of the account that wait for their readers, oldest first.
pub(in crate::features::accounts::members) fn open_of(
    conn: &mut Conn,
    owner: &Customer,
) -> QueryResult<Vec<Invitation>> {
    open!().filter(invitations::account_id.eq(owner.account_id())).order(invitations::id).select(COLUMNS).load(conn)
}

/// The open one to this address, over or not.
pub(super) fn to_address(conn: &mut Conn, account_id: i64, address: &Address) -> QueryResult<Option<Invitation>> {
    open!()
        .filter(invitations::account_id.eq(account_id))
        .filter(invitations::address.eq(address))
        .select(COLUMNS)
        .first(conn)
        .optional()
}

/// The open ones that a member of the account sent.
pub(super) fn sent_by(conn: &mut Conn, account_id: i64, person_id: i64) -> QueryResult<Vec<Invitation>> {
    open!()
        .filter(invitations::account_id.eq(account_id))
        .filter(invitations::invited_by_id.eq(person_id))
        .order(invitations::id)
        .select(COLUMNS)
        .load(conn)
}

/// The account's invitation of this number.
pub(super) fn by_number(conn: &mut Conn, owner: &Customer, number: &Number) -> QueryResult<Option<Invitation>> {
    invitations::table
        .inner_join(people::table)
        .filter(invitations::account_id.eq(owner.account_id()))
        .filter(invitations::number.eq(number))
        .select(COLUMNS)
        .first(conn)
        .optional()
}

/// The open invitation of this link, while its account stands.
pub(super) fn by_token(conn: &mut Conn, keys: &Keys, token: &str) -> QueryResult<Option<Invitation>> {
    for hash in keys.hashes("invitation", &[token.as_bytes()]) {
        let found = invitations::table
            .inner_join(people::table)
            .inner_join(accounts::table)
            .filter(invitations::token_hash.eq(hash))
            .filter(invitations::state.eq(InvitationState::Invited))
            .filter(accounts::state.eq(AccountState::Open))
            .select(COLUMNS)
            .first(conn)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Puts an invitation into another state; false when somebody else was first.
pub(super) fn change_state(
    conn: &mut Conn,
    invitation: &Invitation,
    to: InvitationState,
    accepted_by: Option<i64>,
    now: Moment,
) -> QueryResult<bool> {
    let standing = invitations::table.find(invitation.id).filter(invitations::state.eq(invitation.state));
    let moved = diesel::update(standing)
        .set((
            invitations::state.eq(to),
            invitations::accepted_by_id.eq(accepted_by),
            invitations::settled_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Gives an open invitation a new token, after which the old one opens nothing; false when it is open no more.
pub(super) fn renew(conn: &mut Conn, invitation: &Invitation, token_hash: Vec<u8>, now: Moment) -> QueryResult<bool> {
    let standing = invitations::table.find(invitation.id).filter(invitations::state.eq(InvitationState::Invited));
    let renewed = diesel::update(standing)
        .set((
            invitations::token_hash.eq(token_hash),
            invitations::sent_at.eq(now),
            invitations::expires_at.eq(now.plus(LIFE)),
        ))
        .execute(conn)?;
    Ok(renewed == 1)
}

/// What nobody accepted in time, at most `most`.
pub(super) fn over(conn: &mut Conn, now: Moment, most: i64) -> QueryResult<Vec<Invitation>> {
    open!()
        .filter(invitations::expires_at.le(now))
        .order(invitations::expires_at)
        .limit(most)
        .select(COLUMNS)
        .load(conn)
}

/// Deletes what was settled until then, at most `most`.
pub(super) fn delete_settled(conn: &mut Conn, until: Moment, most: i64) -> QueryResult<usize> {
    let over: Vec<i64> = invitations::table
        .filter(invitations::settled_at.le(until))
        .order(invitations::settled_at)
        .limit(most)
        .select(invitations::id)
        .load(conn)?;
    diesel::delete(invitations::table.filter(invitations::id.eq_any(over))).execute(conn)
}
