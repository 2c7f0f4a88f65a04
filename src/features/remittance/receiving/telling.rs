//! Telling those who still owe a transfer to an account that is closed (D1). The transaction that closes it notes on each
//! remittance what its people have to be told; they are told in pieces, each in one transaction that takes the notes
//! back: so nobody is told twice, whichever instance does it, and nobody waits long behind it.

use std::collections::BTreeMap;

use serde_json::json;

use super::mails::{self, Owed};
use super::model::Untold;
use super::queries::owing::{self, Row};
use crate::base::db::Conn;
use crate::features::accounts::{Reader, readers};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::RemittanceState;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// The most remittances of which is told in one transaction.
pub(super) const PIECE: usize = 500;

/// Tells of the next [`PIECE`] remittances; answers how many there were.
pub(super) fn tell(conn: &mut Conn, ctx: &Context) -> Result<usize, Fault> {
    let (noted, rows) = owing::take(conn, PIECE)?;
    if !rows.is_empty() {
        told(conn, ctx, rows)?;
    }
    Ok(noted)
}

/// Records each, and writes one mail to each person.
fn told(conn: &mut Conn, ctx: &Context, rows: Vec<Row>) -> Result<(), Fault> {
    let begun: Vec<(i64, i64)> = rows.iter().map(|row| (row.account_id, row.opened_by_id)).collect();
    let readers = readers(conn, &begun)?;
    let mut mails: BTreeMap<(Reader, String), Vec<Owed>> = BTreeMap::new();
    for (row, readers) in rows.into_iter().zip(readers) {
        let redirected = row.untold == Some(Untold::Redirected);
        let entry = Entry::new(Event::RemittanceAccountClosed).about(row.number.as_str()).of_account(row.account_id);
        records::keep(conn, ctx, entry.with(json!({ "redirected": redirected })))?;
        let owed = Owed {
            link: format!("{}/account/remittances/{}", ctx.base_url, row.number.as_str()),
            number: row.number,
            amount: row.amount,
            declared: row.state != RemittanceState::Open,
            redirected,
        };
        for reader in readers {
            mails.entry((reader, row.currency.clone())).or_default().push(owed.clone());
        }
    }
    for ((reader, currency), owed) in mails {
        let mail = mails::account_closed(reader, &currency, &owed)?;
        mail::send(conn, ctx, mail)?;
    }
    Ok(())
}
