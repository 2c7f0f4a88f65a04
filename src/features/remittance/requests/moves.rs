//! Issuing a payment request: its number, its row and its operation record in the running transaction.

use jiff::tz::TimeZone;
use serde_json::json;

use super::queries::{self, PaymentRequest};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::remittance::actor::Payer;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{IllegalMove, RemittanceState};
use crate::features::remittance::top_ups;
use crate::services::records::{self, Entry, Event};

/// Issues the payment request of a top-up that is still payable; answers the one that it has when it has one.
pub fn issue(conn: &mut Conn, payer: &impl Payer, number: &Number, zone: &TimeZone) -> Result<PaymentRequest, Fault> {
    let ctx = payer.ctx();
    let top_up = top_ups::of_account(conn, payer, number)?.ok_or(Fault::NotFound)?;
    if let Some(request) = queries::of(conn, &top_up)? {
        return Ok(request);
    }
    if !matches!(top_up.state, RemittanceState::Open | RemittanceState::Partial) {
        return Err(IllegalMove { from: top_up.state.as_str(), by: "asking for payment" }.into());
    }
    let year = i64::from(ctx.now.day(zone).date().year());
    let request = queries::insert(conn, payer, &top_up, year)?.ok_or(Fault::Changed)?;
    let entry = Entry::new(Event::PaymentRequestIssued).about(number.as_str()).of_account(payer.account_id());
    records::keep(conn, ctx, entry.with(json!({ "amount": request.amount, "request": request.number() })))?;
    Ok(request)
}
