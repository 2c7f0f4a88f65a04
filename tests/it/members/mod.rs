//! Who belongs to an account (A8): invitations, roles, removal, leaving, and working in one of several accounts.

mod choosing;
mod inviting;
mod leaving;
mod roles;

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::schema::{memberships, people};
use easylink::features::accounts::MemberRole;

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const LIST: &str = "/account/members";

/// Asks an address in, as an owner does.
async fn invites(owner: &mut Visitor, address: &str, role: &str) -> Page {
    let form = owner.opens(LIST).await.form("/account/members/invitations");
    owner.posts(&form.with("email", address).with("role", role)).await
}

/// The path of the newest invitation to this address.
async fn link_to(portal: &Portal, address: &str) -> String {
    let mails = portal.mails_to(address).await;
    let text = &mails.iter().rfind(|mail| mail.text.contains("/invitations/")).expect("no invitation").text;
    let word = text.split_whitespace().find(|word| word.contains("/invitations/")).unwrap();
    word.strip_prefix(&portal.base).unwrap_or(word).to_string()
}

/// Makes a sign-in behind an invitation's link.
async fn registers_by(visitor: &mut Visitor, path: &str) -> Page {
    let form = visitor.opens(path).await.form(&format!("{path}/registration"));
    visitor.posts(&form.answered(&[("password", PASSWORD), ("again", PASSWORD), ("agreement", "yes")])).await
}

/// Gives a person one more place.
async fn also_belongs(portal: &Portal, person: i64, account: i64, role: MemberRole) {
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            diesel::insert_into(memberships::table)
                .values((
                    memberships::account_id.eq(account),
                    memberships::person_id.eq(person),
                    memberships::role.eq(role),
                    memberships::created_at.eq(now),
                ))
                .execute(conn)
                .unwrap()
        })
        .await;
}

/// Gives a person the password of the tests.
async fn gives_password(portal: &Portal, person: i64) {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let set = diesel::update(people::table.find(person)).set(people::password_hash.eq(Some(hash)));
    portal.write(move |conn| set.execute(conn).unwrap()).await;
}

/// The page of a member, for an owner.
async fn page_of(owner: &mut Visitor, called: &str) -> String {
    owner.opens(LIST).await.link(called)
}

/// Gives a member another role.
async fn gives_role(owner: &mut Visitor, called: &str, role: &str) -> Page {
    let path = page_of(owner, called).await;
    let form = owner.opens(&path).await.form(&format!("{path}/role")).with("role", role);
    owner.posts(&form).await
}

/// Removes a member.
async fn removes(owner: &mut Visitor, called: &str) -> Page {
    let path = format!("{}/removal", page_of(owner, called).await);
    let form = owner.opens(&path).await.form(&path);
    owner.posts(&form).await
}

/// How many owners an account has.
async fn owners(portal: &Portal, account: i64) -> i64 {
    let standing = memberships::table
        .filter(memberships::account_id.eq(account))
        .filter(memberships::ended_at.is_null())
        .filter(memberships::role.eq(MemberRole::Owner));
    portal.read(move |conn| standing.count().get_result(conn).unwrap()).await
}

async fn second_owner(portal: &Portal, first: &Entered) -> Entered {
    portal.joins(first.account_id, "wei@example.com", MemberRole::Owner).await
}
