//! A person's own pages: the overview, security, records, profile, notices and privacy of an account.

mod devices;
mod notices;
mod overview;
mod password;
mod records;
mod standing;

use diesel::prelude::*;
use easylink::base::crypto::Secret;
use easylink::base::db::schema::{known_browsers, people};
use easylink::services::context::{Author, AuthorKind, Context};

use crate::support::entered::Entered;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Visitor};
use crate::support::portal::Portal;

const NEW: &str = "eleven green umbrellas";

/// Gives a person the password of the tests.
pub async fn gives_password(portal: &Portal, person: i64) {
    let hash = portal.house.hasher.hash(Secret::new(PASSWORD)).await.unwrap();
    let now = portal.house.clock.now();
    portal
        .write(move |conn| {
            let known = (
                known_browsers::person_id.eq(person),
                known_browsers::token_hash.eq(vec![1_u8, 2, 3]),
                known_browsers::created_at.eq(now),
                known_browsers::expires_at.eq(now.plus(std::time::Duration::from_secs(86400))),
            );
            diesel::insert_into(known_browsers::table).values(known).execute(conn).unwrap();
            diesel::update(people::table.find(person))
                .set((
                    people::password_hash.eq(Some(hash)),
                    people::password_class.eq(Some("strong")),
                    people::password_at.eq(Some(now)),
                ))
                .execute(conn)
                .unwrap();
        })
        .await;
}

/// The circumstances of a change that this customer makes.
async fn acting(portal: &Portal, customer: &Entered) -> Context {
    let (person, account) = (customer.person_id, customer.account_id);
    let subject: i64 =
        portal.read(move |conn| people::table.find(person).select(people::subject_id).first(conn).unwrap()).await;
    let author = Author {
        kind: AuthorKind::Customer,
        person_id: Some(person),
        subject_id: Some(subject),
        account_id: Some(account),
        session_id: None,
    };
    portal.ctx().by(author)
}

/// Types three entries into the form of the password and sends it.
async fn changes(visitor: &mut Visitor, current: &str, new: &str, again: &str) -> Page {
    let form = visitor.opens("/account/security/password").await.form("/account/security/password");
    let form = form.answered(&[("current", current), ("password", new), ("again", again)]);
    visitor.posts(&form).await
}

/// The one task of a page, and where it leads.
fn task(page: &Page) -> String {
    let titles = page.all(".task-title");
    assert_eq!(titles.len(), 1, "{titles:?}");
    format!("{} → {}", titles[0], page.attribute(".task", "href").unwrap_or_default())
}

fn sent_to_sign_in(page: &Page) -> bool {
    page.status == 303 && page.header("location").is_some_and(|to| to.starts_with("/login"))
}
