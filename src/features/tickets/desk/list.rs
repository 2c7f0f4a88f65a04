//! The queue of support, by due date.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

use super::queries::{self, Counts, Filter, QueueRow, View};
use crate::base::types::{Moment, Number};
use crate::features::staff::{Auditor, Staff, Support};
use crate::features::tickets::model::{Category, TicketState, end_of_day};
use crate::web::forms::Asking;
use crate::web::forms::plain::line;
use crate::web::lists::Rows;
use crate::web::{Error, Errors, Shell, Visit, page};

/// Most characters of a search.
const MOST_SEARCH: usize = 100;

/// What the queue is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::tickets) struct Asked {
    view: String,
    state: String,
    category: String,
    q: String,
    after: String,
}

#[derive(Template)]
#[template(path = "tickets/staff/list.html")]
struct List {
    shell: Shell,
    filter: Filter,
    asked: Asked,
    counts: Counts,
    rows: Rows<QueueRow>,
    now: Moment,
    end_of_day: Moment,
    newer: Option<String>,
    older: Option<String>,
    errors: Errors,
}

impl List {
    /// The address of a view with the filter as it stands.
    fn of_view(&self, view: &str) -> String {
        address(&Asked { view: view.to_string(), after: String::new(), ..self.asked.clone() })
    }

    /// Whole days since it was opened.
    fn age(&self, row: &QueueRow) -> u64 {
        self.now.since(row.opened_at).as_secs() / 86_400
    }

    fn late(&self, row: &QueueRow) -> bool {
        row.state == TicketState::WaitingForUs && row.due_at < self.now
    }

    fn today(&self, row: &QueueRow) -> bool {
        row.state == TicketState::WaitingForUs && row.due_at <= self.end_of_day
    }
}

pub(in crate::features::tickets) async fn list(
    visit: Visit<Staff<(Support, Auditor)>>,
    Asking(mut asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    asked.q = line(&asked.q, MOST_SEARCH).unwrap_or_default();
    let filter = Filter {
        view: View::parse(&asked.view).unwrap_or(View::All),
        state: TicketState::parse(&asked.state),
        category: Category::parse(&asked.category),
        text: asked.q.clone(),
    };
    let cursor = Number::parse('T', &asked.after);
    let now = visit.asked().context.now;
    let end_of_day = end_of_day(now, &visit.house().config.zone);
    let wanted = filter.clone();
    let (shell, (rows, counts)) = visit
        .list("tickets", told(&filter), move |conn, officer| {
            let load = |after: Option<&Number>| queries::queue(conn, officer, &wanted, end_of_day, after);
            let rows = Rows::below(cursor, load, |row| row.number.as_str().to_string())?;
            Ok((rows, queries::counts(conn, officer.person_id(), end_of_day)?))
        })
        .await?;
    let older = rows.next.clone().map(|after| address(&Asked { after, ..asked.clone() }));
    let newer = rows.later.then(|| address(&Asked { after: String::new(), ..asked.clone() }));
    page(List { shell, filter, asked, counts, rows, now, end_of_day, newer, older, errors: Errors::none() })
}

/// What the record of the look tells of the filter.
fn told(filter: &Filter) -> Value {
    json!({
        "view": filter.view.as_str(),
        "state": filter.state.map(TicketState::as_str),
        "category": filter.category.map(Category::as_str),
        "text": filter.text,
    })
}

/// The queue's address with what is asked of it and nothing empty.
fn address(asked: &Asked) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("view", &asked.view),
        ("state", &asked.state),
        ("category", &asked.category),
        ("q", &asked.q),
        ("after", &asked.after),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { "/staff/tickets".to_string() } else { format!("/staff/tickets?{query}") }
}
