//! The thread of a remittance: its operation records as knots, newest first.

use serde_json::Value;

use super::queries::TopUp;
use crate::base::db::Conn;
use crate::base::types::{Moment, Money};
use crate::services::context::Context;
use crate::services::records::{self, Event};

/// One thing that happened. Its words stand in `templates/remittance/thread.html`.
#[derive(Debug, Clone)]
pub struct Knot {
    /// What.
    pub event: Event,
    /// When, UTC.
    pub at: Moment,
    /// The amount that was named.
    pub amount: Option<Money>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// Whether the top-up names another receiving account since.
    pub redirected: bool,
}

/// What happened to a remittance.
pub fn knots(conn: &mut Conn, ctx: &Context, top_up: &TopUp) -> diesel::QueryResult<Vec<Knot>> {
    let text = |details: &Value, key: &str| details.get(key).and_then(Value::as_str).map(str::to_string);
    let mut knots: Vec<Knot> = records::of_object(conn, ctx, top_up.account_id, top_up.number.as_str())?
        .into_iter()
        .filter(|record| {
            matches!(
                record.event,
                Event::RemittanceOpened
                    | Event::RemittanceDeclared
                    | Event::RemittanceWithdrawn
                    | Event::RemittancePartReceived
                    | Event::RemittanceCredited
                    | Event::BalanceCredited
                    | Event::RemittanceRefused
                    | Event::RemittanceUndone
                    | Event::BalanceUndone
                    | Event::EntryHeld
                    | Event::EntrySentBack
                    | Event::RemittanceAccountClosed
                    | Event::PaymentRequestIssued
            )
        })
        .map(|record| Knot {
            event: record.event,
            at: record.at,
            amount: text(&record.details, "amount").and_then(|amount| Money::parse(&amount).ok()),
            reason: text(&record.details, "reason"),
            redirected: record.details["redirected"].as_bool().unwrap_or_default(),
        })
        .collect();
    knots.reverse();
    Ok(knots)
}
