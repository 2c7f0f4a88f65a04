//! The policy in force, every version that was, and how to reach us about it (F1, 2.4).

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::base::db::Conn;
use crate::base::types::Moment;
use crate::features::accounts::Visitor;
use crate::services::consent::{self, PolicyVersion};
use crate::services::markdown::{Heading, Rendered, rendered};
use crate::web::{Error, Shell, Visit, page};

/// The first version: our own words for the clauses.
const FIRST: &str = include_str!("../../../templates/privacy/policy-1.md");
/// What the list of versions says of it.
const FIRST_SUMMARY: &str = include_str!("../../../templates/privacy/policy-1.txt");

/// Publishes version 1 where none exists; whether it did.
pub fn publish_first(conn: &mut Conn, now: Moment) -> diesel::QueryResult<bool> {
    if consent::current_policy(conn)?.is_some() {
        return Ok(false);
    }
    consent::publish(conn, now, false, FIRST_SUMMARY.trim(), FIRST)?;
    Ok(true)
}

#[derive(Template)]
#[template(path = "privacy/policy.html")]
struct Policy {
    shell: Shell,
    version: PolicyVersion,
    versions: Vec<PolicyVersion>,
    text: Arc<Rendered>,
    /// Whether the address is that of this one version.
    fixed: bool,
}

impl Policy {
    /// The headings of the contents.
    fn chapters(&self) -> impl Iterator<Item = &Heading> {
        self.text.headings.iter().filter(|heading| heading.level == 2)
    }

    /// Whether this version holds now.
    fn in_force(&self) -> bool {
        self.versions.first().is_some_and(|newest| newest.number == self.version.number)
    }
}

pub(super) async fn current(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let (shell, versions) = visit.read(|conn, _| Ok(consent::policies(conn)?)).await?;
    let version = versions.first().cloned().ok_or(Error::NotFound)?;
    draw(shell, version, versions, false)
}

pub(super) async fn show(visit: Visit<Visitor>, number: web::Path<String>) -> Result<HttpResponse, Error> {
    let number = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
    let number: i64 = number.ok_or(Error::NotFound)?;
    let (shell, versions) = visit.read(|conn, _| Ok(consent::policies(conn)?)).await?;
    let version = versions.iter().find(|version| version.number == number).cloned().ok_or(Error::NotFound)?;
    draw(shell, version, versions, true)
}

fn draw(
    shell: Shell,
    version: PolicyVersion,
    versions: Vec<PolicyVersion>,
    fixed: bool,
) -> Result<HttpResponse, Error> {
    let text = rendered(&version.body);
    page(Policy { shell, version, versions, text, fixed })
}

#[derive(Template)]
#[template(path = "privacy/contact.html")]
struct Contact {
    shell: Shell,
    hotline: Option<String>,
    /// The hotline as a link.
    dial: String,
}

pub(super) async fn contact(visit: Visit<Visitor>) -> Result<HttpResponse, Error> {
    let hotline = visit.house().config.hotline.clone();
    let dial = hotline.as_deref().map(super::machines::dial).unwrap_or_default();
    let shell = visit.admit().await?;
    page(Contact { shell, hotline, dial })
}
