//! What becomes of an invitation. Each move keeps its row, its operation record and its mails in the running transaction.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::model::{Invitation, Move};
use super::queries::{self, NewInvitation};
use crate::base::chance;
use crate::base::db::Conn;
use crate::base::types::{Address, Number};
use crate::features::accounts::MemberRole;
use crate::features::accounts::members::letters::{self, Told};
use crate::features::accounts::members::queries as places;
use crate::features::accounts::members::{Deciding, Managing};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::Error;

/// Why nobody is asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needless {
    /// The address belongs to a member.
    Member,
    /// An invitation to it is open.
    Invited,
}

/// A link's token, and what is kept of it.
struct Token {
    path: String,
    hash: Vec<u8>,
}

impl Token {
    fn new(ctx: &Context) -> Self {
        let token = BASE64URL_NOPAD.encode(&chance::bytes::<32>());
        let hash = ctx.keys.hash("invitation", &[token.as_bytes()]).to_vec();
        Self { path: format!("/invitations/{token}"), hash }
    }
}

/// Asks somebody into the owner's account.
pub(super) fn invite(
    conn: &mut Conn,
    owner: &Deciding,
    address: &Address,
    role: MemberRole,
) -> Result<Result<(), Needless>, Error> {
    let who = owner.name().unwrap_or_else(|| owner.address());
    invite_into(conn, owner.ctx(), (owner.account_id(), owner.person_id(), who), address, role)
}

/// The same in the name of an owner of the demo company: account, person and what that one is called.
pub fn invite_as(
    conn: &mut Conn,
    ctx: &Context,
    owner: (i64, i64, &str),
    address: &Address,
    role: MemberRole,
) -> Result<(), Error> {
    let invited = invite_into(conn, ctx, owner, address, role)?;
    invited.map_err(|_| Error::internal("nobody is invited twice"))
}

fn invite_into(
    conn: &mut Conn,
    ctx: &Context,
    (account_id, inviter, who): (i64, i64, &str),
    address: &Address,
    role: MemberRole,
) -> Result<Result<(), Needless>, Error> {
    if places::fellows(conn, account_id)?.iter().any(|one| one.address == address.as_str()) {
        return Ok(Err(Needless::Member));
    }
    // What nobody accepted in time makes room for a new one.
    if let Some(old) = queries::to_address(conn, account_id, address)? {
        if old.works(ctx.now) {
            return Ok(Err(Needless::Invited));
        }
        step(conn, ctx, &old, Move::Expire, None)?;
    }
    let (number, token) = (Number::random('N'), Token::new(ctx));
    let new = NewInvitation {
        number: &number,
        account_id,
        inviter,
        address,
        role,
        token_hash: token.hash.clone(),
        at: ctx.now,
    };
    if !queries::insert(conn, &new)? {
        return Ok(Err(Needless::Invited));
    }
    let entry = Entry::new(Event::MemberInvited).about(number.as_str());
    records::keep(conn, ctx, entry.of_all(account_id).with(facts(address.as_str(), role)))?;
    send(conn, ctx, account_id, who.to_string(), address, role, &token, false)?;
    Ok(Ok(()))
}

/// Sends an open invitation once more, with a new link; false when it is open no more.
pub(super) fn send_again(conn: &mut Conn, owner: &Managing, number: &Number) -> Result<bool, Error> {
    let ctx = owner.ctx();
    let invitation = queries::by_number(conn, owner, number)?.ok_or(Error::NotFound)?;
    let token = Token::new(ctx);
    if !queries::renew(conn, &invitation, token.hash.clone(), ctx.now)? {
        return Ok(false);
    }
    let (address, role) = (&invitation.address, invitation.role);
    let entry = Entry::new(Event::InvitationSent).about(number.as_str());
    records::keep(conn, ctx, entry.of_all(invitation.account_id).with(facts(address.as_str(), role)))?;
    let who = invitation.inviter().to_string();
    send(conn, ctx, invitation.account_id, who, address, role, &token, true)?;
    Ok(true)
}

/// Takes an open invitation back; false when it is open no more.
pub(super) fn withdraw(conn: &mut Conn, owner: &Managing, number: &Number) -> Result<bool, Error> {
    let invitation = queries::by_number(conn, owner, number)?.ok_or(Error::NotFound)?;
    step(conn, owner.ctx(), &invitation, Move::Withdraw, None)
}

/// Takes back what somebody sent who is an owner of the account no more: nobody comes in by a word that counts no longer.
pub(in crate::features::accounts::members) fn withdraw_those_of(
    conn: &mut Conn,
    ctx: &Context,
    account_id: i64,
    person_id: i64,
) -> Result<(), Error> {
    for invitation in queries::sent_by(conn, account_id, person_id)? {
        step(conn, ctx, &invitation, Move::Withdraw, None)?;
    }
    Ok(())
}

/// The person of the invitation's address belongs to its account from now on; false when the invitation is open no more, or
/// the person belonged to it already. The owners are told.
pub(super) fn accept(
    conn: &mut Conn,
    ctx: &Context,
    invitation: &Invitation,
    (person_id, called): (i64, &str),
) -> Result<bool, Error> {
    if !step(conn, ctx, invitation, Move::Accept, Some(person_id))? {
        return Ok(false);
    }
    join(conn, ctx, invitation.account_id, (person_id, called), invitation.role)
}

/// Gives a person a place and tells the owners; false when they have one.
pub fn join(
    conn: &mut Conn,
    ctx: &Context,
    account_id: i64,
    (person_id, called): (i64, &str),
    role: MemberRole,
) -> Result<bool, Error> {
    if !places::seat(conn, account_id, person_id, role, ctx.now)? {
        return Ok(false);
    }
    let told = Told::of(ctx, places::called(conn, account_id)?, called.to_string()).with_role(role);
    let owners = places::fellows(conn, account_id)?.into_iter();
    for owner in owners.filter(|one| one.role == MemberRole::Owner && one.person_id != person_id) {
        mail::send(conn, ctx, letters::joined(Some(owner.person_id), &owner.address, &told)?)?;
    }
    Ok(true)
}

/// Ends what nobody accepted in time, at most `most`; answers how many those were.
pub(super) fn expire(conn: &mut Conn, ctx: &Context, most: i64) -> Result<usize, Error> {
    let over = queries::over(conn, ctx.now, most)?;
    for invitation in &over {
        step(conn, ctx, invitation, Move::Expire, None)?;
    }
    Ok(over.len())
}

/// The move itself: the state and its record. False when somebody else was first.
fn step(
    conn: &mut Conn,
    ctx: &Context,
    invitation: &Invitation,
    by: Move,
    accepted_by: Option<i64>,
) -> Result<bool, Error> {
    let Ok(to) = invitation.state.after(by) else { return Ok(false) };
    if !queries::change_state(conn, invitation, to, accepted_by, ctx.now)? {
        return Ok(false);
    }
    let entry = Entry::new(by.event()).about(invitation.number.as_str());
    let details = facts(invitation.address.as_str(), invitation.role);
    records::keep(conn, ctx, entry.of_all(invitation.account_id).with(details))?;
    Ok(true)
}

fn facts(address: &str, role: MemberRole) -> Value {
    json!({ "member": address, "role": role.as_str() })
}

/// The mail says the same whether the address signs in already or not.
#[allow(clippy::too_many_arguments, reason = "each is told in the mail")]
fn send(
    conn: &mut Conn,
    ctx: &Context,
    account_id: i64,
    who: String,
    address: &Address,
    role: MemberRole,
    token: &Token,
    again: bool,
) -> Result<(), Error> {
    let until = ctx.now.plus(super::model::LIFE);
    let told = Told::of(ctx, places::called(conn, account_id)?, who).with_role(role);
    let told = told.with_link(token.path.clone(), until, again);
    Ok(mail::send(conn, ctx, letters::invitation(None, address.as_str(), &told)?)?)
}
