//! Telling whose reference money carried that it goes back to who sent it.

use serde_json::json;

use super::mails;
use super::queries::{self, Arrived};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{owners_of, readers_of};
use crate::features::remittance::fault::Fault;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Records it with each top-up and each account that the entry names, and writes to their people.
pub fn tell(conn: &mut Conn, ctx: &Context, arrived: &Arrived) -> Result<(), Fault> {
    let amount = arrived.amount;
    let record = |number: &Number, account_id| {
        let entry = Entry::new(Event::EntrySentBack).about(number.as_str()).of_account(account_id);
        entry.with(json!({ "amount": amount }))
    };
    for target in queries::target_of(conn, &Number::within('R', &arrived.text))? {
        let account_id = target.holder.account_id();
        records::keep(conn, ctx, record(&target.number, account_id))?;
        for reader in readers_of(conn, account_id, target.opened_by_id)? {
            mail::send(conn, ctx, mails::sent_back(ctx, &target, amount, &reader)?)?;
        }
    }
    for account in queries::permanent_of(conn, &Number::within('M', &arrived.text), &arrived.currency)? {
        let account_id = account.holder.account_id();
        records::keep(conn, ctx, record(&account.number, account_id))?;
        for reader in owners_of(conn, account_id)? {
            mail::send(conn, ctx, mails::sent_back_permanent(ctx, &account, amount, &reader)?)?;
        }
    }
    Ok(())
}
