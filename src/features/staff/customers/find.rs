//! Finding the customer: what was looked for is on record, whether or not there is one.

use actix_web::HttpResponse;
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;
use serde_json::json;

use super::queries::{self, Found};
use crate::base::db::Conn;
use crate::base::types::{Address, Number};
use crate::features::staff::{Admin, Staff, Support};
use crate::services::records::{self, Entry, Event};
use crate::web::{Error, Errors, FieldError, Form, Goto, Shell, Stop, Visit, page};

/// Most characters of an address.
const LONGEST: u64 = 254;

#[derive(Template)]
#[template(path = "staff/customers/find.html")]
struct New {
    shell: Shell,
    errors: Errors,
    who: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    who: String,
}

/// What was typed, understood.
enum Who {
    Address(Address),
    Person(Number),
    Account(Number),
}

impl Ask {
    fn check(&self) -> Result<Who, Errors> {
        let wrong = |error| Errors::one("who", error);
        if self.who.trim().is_empty() {
            return Err(wrong(FieldError::Missing));
        }
        if self.who.chars().count() as u64 > LONGEST {
            return Err(wrong(FieldError::TooLong(LONGEST)));
        }
        let number = |kind| Number::parse(kind, &self.who);
        let parsed = number('P').map(Who::Person).or_else(|| number('A').map(Who::Account));
        parsed.or_else(|| Address::parse(&self.who).map(Who::Address)).ok_or_else(|| wrong(FieldError::Malformed))
    }
}

impl Who {
    fn find(&self, conn: &mut Conn) -> QueryResult<Option<Found>> {
        match self {
            Self::Address(address) => queries::by_address(conn, address),
            Self::Person(number) => queries::by_number(conn, number),
            Self::Account(number) => queries::owner_of(conn, number),
        }
    }

    /// What is kept of it: no address in full.
    fn told(&self) -> String {
        match self {
            Self::Address(address) => address.masked(),
            Self::Person(number) | Self::Account(number) => number.as_str().to_string(),
        }
    }
}

pub(super) async fn new(visit: Visit<Staff<(Support, Admin)>>) -> Result<HttpResponse, Error> {
    let shell = visit.admit().await?;
    page(New { shell, errors: Errors::none(), who: String::new() })
}

pub(super) async fn create(visit: Visit<Staff<(Support, Admin)>>, form: Form<Ask>) -> Result<HttpResponse, Error> {
    let ended = visit.write(&form, |conn, officer, form| {
        let who = form.check()?;
        let found = who.find(conn)?;
        let entry = Entry::new(Event::Listed).about("customers");
        let facts = json!({ "who": who.told(), "found": found.as_ref().map(|found| found.number.as_str()) });
        records::keep(conn, officer.ctx(), entry.with(facts))?;
        // The record of a search that found nobody stays as well.
        let found = found.ok_or_else(|| Stop::Counted(Errors::one("who", FieldError::NoCustomer)))?;
        Ok(Goto::to(super::lock::here(&found.number)))
    });
    ended.await?.or(|shell, errors, form| New { shell, errors, who: form.who.clone() })
}
