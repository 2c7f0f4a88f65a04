//! What is done with members. Each move keeps its row, its operation record and its mail in the running transaction. The
//! account is held by whoever decides, so its owners are counted for certain.

use serde_json::json;

use super::super::MemberRole;
use super::letters::{self, Told};
use super::model::{Fellow, Kept};
use super::{Deciding, Leaving, invitations, queries};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, session};

/// Gives a member another role; `shown` is the one that the one who decides had before them.
pub(super) fn change_role(
    conn: &mut Conn,
    owner: &Deciding,
    number: &Number,
    shown: MemberRole,
    wanted: MemberRole,
) -> Result<Result<(), Kept>, Error> {
    let (ctx, account) = (owner.ctx(), owner.account_id());
    let fellow = queries::fellow(conn, owner, number)?.ok_or(Error::NotFound)?;
    if fellow.role != shown {
        return Ok(Err(Kept::Meanwhile));
    }
    if fellow.role == wanted {
        return Ok(Ok(()));
    }
    if fellow.role == MemberRole::Owner && !queries::owner_besides(conn, account, fellow.person_id)? {
        return Ok(Err(Kept::LastOwner));
    }
    // What the member is about to send comes before this or after it.
    session::hold(conn, fellow.person_id)?;
    if !queries::set_role(conn, &fellow, wanted)? {
        return Ok(Err(Kept::Meanwhile));
    }
    if fellow.role == MemberRole::Owner {
        invitations::withdraw_those_of(conn, ctx, account, fellow.person_id)?;
    }
    let details = json!({ "member": fellow.called(), "role": wanted.as_str(), "before": shown.as_str() });
    let entry = Entry::new(Event::MemberRoleChanged).about(number.as_str());
    records::keep(conn, ctx, entry.of_all(account).with(details))?;
    let told = Told::of(ctx, queries::called(conn, account)?, called(owner)).with_role(wanted);
    mail::send(conn, ctx, letters::role_changed(Some(fellow.person_id), &fellow.address, &told)?)?;
    Ok(Ok(()))
}

/// Ends a member's place: their sessions in this account end at once, and so do the invitations that they sent.
pub(super) fn remove(conn: &mut Conn, owner: &Deciding, fellow: &Fellow) -> Result<Result<(), Kept>, Error> {
    let (ctx, account) = (owner.ctx(), owner.account_id());
    if fellow.role == MemberRole::Owner && !queries::owner_besides(conn, account, fellow.person_id)? {
        return Ok(Err(Kept::LastOwner));
    }
    let ended = session::end_in(conn, fellow.person_id, account, None, ctx.now)?;
    if !queries::end(conn, account, fellow.person_id, ctx.now)? {
        return Ok(Err(Kept::Meanwhile));
    }
    invitations::withdraw_those_of(conn, ctx, account, fellow.person_id)?;
    let details = json!({ "member": fellow.called(), "role": fellow.role.as_str(), "sessions": ended });
    let entry = Entry::new(Event::MemberRemoved).about(fellow.number.as_str());
    records::keep(conn, ctx, entry.of_all(account).with(details))?;
    let told = Told::of(ctx, queries::called(conn, account)?, called(owner));
    mail::send(conn, ctx, letters::removed(Some(fellow.person_id), &fellow.address, &told)?)?;
    Ok(Ok(()))
}

/// Ends one's own place. The session goes on, in no account until another is chosen; the owners are told.
pub(super) fn leave(conn: &mut Conn, member: &Leaving) -> Result<Result<(), Kept>, Error> {
    let (ctx, account, person) = (member.ctx(), member.account_id(), member.person_id());
    if member.role() == MemberRole::Owner && !queries::owner_besides(conn, account, person)? {
        return Ok(Err(Kept::LastOwner));
    }
    session::end_in(conn, person, account, ctx.author.session_id, ctx.now)?;
    if !queries::end(conn, account, person, ctx.now)? {
        return Ok(Err(Kept::Meanwhile));
    }
    if let Some(session) = ctx.author.session_id {
        session::work_nowhere(conn, session)?;
    }
    invitations::withdraw_those_of(conn, ctx, account, person)?;
    let who = called(member);
    let details = json!({ "member": who, "role": member.role().as_str() });
    records::keep(conn, ctx, Entry::new(Event::MemberLeft).of_all(account).with(details))?;
    let told = Told::of(ctx, queries::called(conn, account)?, who);
    for owner in queries::fellows(conn, account)?.iter().filter(|one| one.role == MemberRole::Owner) {
        mail::send(conn, ctx, letters::left(Some(owner.person_id), &owner.address, &told)?)?;
    }
    Ok(Ok(()))
}

/// What a member is called.
fn called(member: &super::super::Customer) -> String {
    member.name().unwrap_or_else(|| member.address()).to_string()
}
