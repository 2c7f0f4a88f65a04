//! The page of the records.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::json;

use super::model::{Sought, facts};
use crate::features::staff::{Auditor, Staff};
use crate::services::records::{self, Record, Search};
use crate::web::forms::Asking;
use crate::web::lists::{PAGE, Rows};
use crate::web::{self, Error, Errors, Shell, Visit, page};

#[derive(Template)]
#[template(path = "staff/audit/list.html")]
struct List {
    shell: Shell,
    errors: Errors,
    sought: Sought,
    rows: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

/// A record with its facts as they are shown.
struct Line {
    record: Record,
    facts: Vec<(String, String)>,
}

pub(super) async fn list(visit: Visit<Staff<Auditor>>, asking: Asking<Sought>) -> Result<HttpResponse, Error> {
    let sought = asking.0;
    let (since, until) = match sought.span(&visit.house().config.zone) {
        Ok(span) => span,
        Err(errors) => {
            let shell = visit.admit().await?;
            return web::again(List { shell, errors, sought, rows: Vec::new(), newer: None, older: None });
        }
    };
    let wanted = sought.clone();
    let asked = json!({
        "event": sought.event, "who": sought.who, "object": sought.object, "from": sought.from, "until": sought.until,
    });
    let (shell, rows) = visit
        .list("records", asked, move |conn, officer| {
            let search = Search {
                event: wanted.event(),
                person: wanted.person(),
                objects: wanted.objects(),
                since,
                until,
                // A word that names no event and a text that is no number find nothing, not everything.
                none: (!wanted.event.is_empty() && wanted.event().is_none())
                    || (!wanted.who.trim().is_empty() && wanted.person().is_none()),
            };
            let load = |before: Option<&i64>| records::search(conn, officer.ctx(), &search, before.copied(), PAGE + 1);
            Ok(Rows::below(wanted.before(), load, |record| record.id.to_string())?)
        })
        .await?;
    let older = rows.next.as_deref().map(|last| sought.address(last));
    let newer = rows.later.then(|| sought.address(""));
    let rows = rows.rows.into_iter().map(|record| Line { facts: facts(&record.details), record }).collect();
    page(List { shell, errors: Errors::none(), sought, rows, newer, older })
}
