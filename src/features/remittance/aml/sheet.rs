//! The cases of a year as a table to take along: what an authority or an auditor asks for.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;

use super::queries::{self, Told};
use crate::base::types::{Day, Moment};
use crate::features::staff::{Auditor, Finance, Staff, own_accounts};
use crate::web::forms::Asking;
use crate::web::sheets::{self, Cell};
use crate::web::{Error, Visit};

/// Which year is asked for; this one when none is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Year {
    /// `2026`.
    pub year: String,
}

fn row(told: &Told) -> Vec<Cell> {
    vec![
        Cell::text(told.number.as_str()),
        Cell::text(told.opened_at.to_the_second()),
        Cell::text(told.rule.as_str()),
        Cell::text(told.state.as_str()),
        Cell::text(told.account.clone().unwrap_or_default()),
        Cell::text(told.entry.as_str()),
        Cell::text(told.booked_on.as_str()),
        Cell::Number(told.amount.plain()),
        Cell::text(&told.currency),
        Cell::text(told.decided_at.map(Moment::to_the_second).unwrap_or_default()),
        Cell::text(told.decided_by().unwrap_or_default()),
        Cell::text(told.note.clone().unwrap_or_default()),
    ]
}

const HEADS: [&str; 12] = [
    "case",
    "opened",
    "rule",
    "state",
    "account",
    "entry",
    "booked on",
    "amount",
    "currency",
    "decided",
    "decided by",
    "note",
];

pub(in crate::features::remittance) async fn sheet(
    visit: Visit<Staff<(Finance, Auditor)>>,
    Asking(asked): Asking<Year>,
) -> Result<HttpResponse, Error> {
    let zone = visit.house().config.zone.clone();
    let this = visit.asked().context.now.day(&zone).date().year();
    let year = match asked.year.trim() {
        "" => this,
        typed => typed.parse().ok().filter(|year| (2000..=this).contains(year)).ok_or(Error::NotFound)?,
    };
    let first = |year: i16| Day::parse(&format!("{year:04}-01-01")).ok_or(Error::NotFound);
    let span = (first(year)?.start(&zone), first(year + 1)?.start(&zone));
    let (_, cases) = visit
        .list("aml_cases", json!({ "year": year }), move |conn, officer| {
            let own = own_accounts(conn, officer)?;
            let mut cases = queries::opened_within(conn, &own, span)?;
            queries::without(conn, officer, &own, &mut cases)?;
            Ok(cases)
        })
        .await?;
    let rows: Vec<Vec<Cell>> = cases.iter().map(row).collect();
    Ok(sheets::serve(sheets::csv(&HEADS, &rows)?, &format!("aml-cases-{year}.csv")))
}
