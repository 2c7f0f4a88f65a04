//! The page of what is kept.

use actix_web::HttpResponse;
use askama::Template;

use super::super::{Any, Member};
use crate::services::consent::{self, ConsentEvent, ConsentRow, Purpose};
use crate::services::personal::{Column, PersonalData};
use crate::services::{mail, records};
use crate::web::{self, Error, House, Shell, Visit, page};

#[derive(Template)]
#[template(path = "accounts/privacy.html")]
struct Show {
    shell: Shell,
    /// The last agreement to the policy, when it stands.
    agreed: Option<ConsentRow>,
    consents: Vec<ConsentRow>,
    kept: Vec<Kept>,
}

/// What is kept for one purpose, and how long.
struct Kept {
    purpose: &'static str,
    terms: Vec<&'static str>,
}

pub(super) async fn show(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, consents) = visit.read(|conn, member| Ok(consent::of_person(conn, member.person_id())?)).await?;
    let last = consents.iter().find(|row| row.purpose == Purpose::Agreement);
    let agreed = last.filter(|row| row.event == ConsentEvent::Given).cloned();
    let kept = kept(visit.house());
    page(Show { shell, agreed, consents, kept })
}

/// The list that the rooms and services keep of their personal columns, by purpose. Staff's own data is not the
/// customer's.
fn kept(house: &House) -> Vec<Kept> {
    let own: [&PersonalData; 4] = [&records::PERSONAL, &consent::PERSONAL, &mail::PERSONAL, &web::PERSONAL];
    let rooms = house.features.iter().filter(|room| room.name != "staff").flat_map(|room| room.personal).copied();
    let columns: Vec<&Column> = rooms.chain(own).flat_map(|data| data.columns).collect();
    let mut kept: Vec<Kept> = Vec::new();
    for column in columns {
        match kept.iter_mut().find(|one| one.purpose == column.purpose) {
            Some(one) if one.terms.contains(&column.term) => {}
            Some(one) => one.terms.push(column.term),
            None => kept.push(Kept { purpose: column.purpose, terms: vec![column.term] }),
        }
    }
    kept
}
