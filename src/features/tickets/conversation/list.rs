//! The account's work orders.

use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

use super::queries::{self, ListRow};
use crate::base::types::Number;
use crate::features::accounts::{Any, Member};
use crate::features::tickets::model::TicketState;
use crate::web::forms::Asking;
use crate::web::lists::Rows;
use crate::web::{Error, Shell, Visit, page};

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::tickets) struct Asked {
    state: String,
    after: String,
}

#[derive(Template)]
#[template(path = "tickets/list.html")]
struct List {
    shell: Shell,
    state: Option<TicketState>,
    rows: Rows<ListRow>,
    newer: Option<String>,
    older: Option<String>,
}

pub(in crate::features::tickets) async fn list(
    visit: Visit<Member<Any>>,
    Asking(asked): Asking<Asked>,
) -> Result<HttpResponse, Error> {
    let state = TicketState::parse(&asked.state);
    let cursor = Number::parse('T', &asked.after);
    let (shell, rows) = visit
        .read(move |conn, member| {
            let load = |after: Option<&Number>| queries::list(conn, member, state, after);
            Ok(Rows::below(cursor, load, |row| row.number.as_str().to_string())?)
        })
        .await?;
    let base = state.map_or_else(String::new, |state| format!("state={state}"));
    let older = rows.next.as_ref().map(|next| {
        let and = if base.is_empty() { "" } else { "&" };
        format!("/account/tickets?{base}{and}after={next}")
    });
    let newer = rows.later.then(|| {
        let ask = if base.is_empty() { "" } else { "?" };
        format!("/account/tickets{ask}{base}")
    });
    page(List { shell, state, rows, newer, older })
}
