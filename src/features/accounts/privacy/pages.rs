//! The page of what is kept.

use actix_web::HttpResponse;
use askama::Template;

use super::super::{Any, Member};
use crate::services::consent::{self, ConsentEvent, ConsentRow, Purpose};
use crate::services::personal::PersonalData;
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

/// For what something is kept, and how long. Its words stand in `templates/accounts/purposes.html`.
#[derive(PartialEq, Eq)]
struct Kept {
    purpose: &'static str,
    term: &'static str,
}

pub(super) async fn show(visit: Visit<Member<Any>>) -> Result<HttpResponse, Error> {
    let (shell, consents) = visit.read(|conn, member| Ok(consent::of_person(conn, member.person_id())?)).await?;
    let last = consents.iter().find(|row| row.purpose == Purpose::Agreement);
    let agreed = last.filter(|row| row.event == ConsentEvent::Given).cloned();
    let kept = kept(visit.house());
    page(Show { shell, agreed, consents, kept })
}

/// The list that the rooms and services keep of their personal columns, each purpose once for each term. Staff's own data is
/// not the customer's, and the keys that seal what is kept say nothing about anybody.
fn kept(house: &House) -> Vec<Kept> {
    let own: [&PersonalData; 4] = [&records::PERSONAL, &consent::PERSONAL, &mail::PERSONAL, &web::PERSONAL];
    let rooms = house.features.iter().filter(|room| room.name != "staff").flat_map(|room| room.personal).copied();
    let mut kept: Vec<Kept> = Vec::new();
    for column in rooms.chain(own).flat_map(|data| data.columns).filter(|column| column.table != "subjects") {
        let one = Kept { purpose: told_as(column.purpose), term: column.term };
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// Under which heading a person reads of a purpose: columns that serve one thing together are told as one.
fn told_as(purpose: &'static str) -> &'static str {
    match purpose {
        "tying a code to one browser"
        | "mailing a code"
        | "checking a code"
        | "what waits for the code"
        | "telling of a sign-in that was not finished" => "codes",
        "recognising a declaration" | "proof of a transfer" | "telling why a declaration was refused" => {
            "matching received money"
        }
        "finding a request" => "answering a request",
        "naming the person" | "naming the account" => "signing in and writing to the person",
        other => other,
    }
}
