//! Telling whose reference money carried what becomes of it before it is credited, or instead.

use serde_json::json;

use super::mails::{self, News};
use super::model::Payee;
use super::queries::{self, Arrived};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{owners_of, readers_of};
use crate::features::remittance::fault::Fault;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// Money goes back: records it with each top-up and each account that the entry names, and writes to their people.
pub fn tell_sent_back(conn: &mut Conn, ctx: &Context, arrived: &Arrived) -> Result<(), Fault> {
    let top_ups = queries::target_of(conn, &Number::within('R', &arrived.text))?;
    let accounts = queries::permanent_of(conn, &Number::within('M', &arrived.text), &arrived.currency)?;
    for payee in top_ups.into_iter().map(Payee::from).chain(accounts.into_iter().map(Payee::Account)) {
        tell(conn, ctx, arrived, &payee, News::SentBack)?;
    }
    Ok(())
}

/// Money waits for a person: records it with the payee whose page says so, and writes to its people.
pub fn tell_held(conn: &mut Conn, ctx: &Context, arrived: &Arrived, payee: &Payee) -> Result<(), Fault> {
    tell(conn, ctx, arrived, payee, News::Held)
}

fn tell(conn: &mut Conn, ctx: &Context, arrived: &Arrived, payee: &Payee, news: News) -> Result<(), Fault> {
    let event = match news {
        News::SentBack => Event::EntrySentBack,
        News::Held => Event::EntryHeld,
    };
    let account_id = payee.holder().account_id();
    let record = Entry::new(event).about(payee.number().as_str()).of_account(account_id);
    records::keep(conn, ctx, record.with(json!({ "amount": arrived.amount })))?;
    let readers = match payee {
        Payee::TopUp(target) => readers_of(conn, account_id, target.opened_by_id)?,
        Payee::Account(_) => owners_of(conn, account_id)?,
    };
    for reader in readers {
        mail::send(conn, ctx, mails::news(ctx, payee, (arrived.amount, &arrived.currency), news, &reader)?)?;
    }
    Ok(())
}
