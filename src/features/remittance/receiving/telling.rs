//! Telling those who still owe a transfer to an account that is closed, or pay to it by standing order (D1). The transaction that
//! closes it notes on each remittance, and on each permanent reference, what its people have to be told; they are told in pieces,
//! each in one transaction that takes the notes back: so nobody is told twice, whichever instance does it, and nobody waits long
//! behind it. And asking the others of finance for the second half of a move.

use std::collections::BTreeMap;

use serde_json::json;

use super::mails::{self, Asked, Owed};
use super::model::Untold;
use super::queries::bank_of;
use super::queries::owing::{self, Row};
use super::queries::standing::{self, Beside, Standing};
use crate::base::db::Conn;
use crate::base::types::Number;
use crate::features::accounts::{Reader, owners, readers};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::RemittanceState;
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};
use crate::web::feature::StaffRole;
use crate::web::roles;

/// The most remittances and permanent references of which is told in one transaction.
pub(super) const PIECE: usize = 500;

/// Tells of the next [`PIECE`] remittances and, behind them, permanent references; answers how many there were. `house` is the
/// currency in which customers pay.
pub(super) fn tell(conn: &mut Conn, ctx: &Context, house: &str) -> Result<usize, Fault> {
    let (noted, rows) = owing::take(conn, PIECE)?;
    if !rows.is_empty() {
        told(conn, ctx, rows)?;
    }
    let references = standing::take(conn, house, PIECE - noted)?;
    let noted = noted + references.len();
    if !references.is_empty() {
        told_of_standing(conn, (ctx, house), references)?;
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

/// Records each, and writes one mail to each owner.
fn told_of_standing(conn: &mut Conn, (ctx, house): (&Context, &str), references: Vec<Standing>) -> Result<(), Fault> {
    let accounts: Vec<i64> = references.iter().map(|one| one.account_id).collect();
    let owners = owners(conn, &accounts)?;
    let mut mails: BTreeMap<(Reader, Beside), Vec<Number>> = BTreeMap::new();
    for Standing { account_id, number, beside } in references {
        let entry = Entry::new(Event::RemittanceAccountClosed).about(number.as_str()).of_account(account_id);
        records::keep(conn, ctx, entry.with(json!({ "redirected": beside == Beside::Another })))?;
        for owner in owners.get(&account_id).into_iter().flatten() {
            mails.entry((owner.clone(), beside.clone())).or_default().push(number.clone());
        }
    }
    for ((owner, beside), references) in mails {
        let mail = mails::standing_account_closed((ctx, house), owner, &references, &beside)?;
        mail::send(conn, ctx, mail)?;
    }
    Ok(())
}

/// Mails everybody else of finance that an account waits for a second person: to be opened or to be closed.
pub(super) fn ask_second(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    closing: bool,
) -> Result<(), Fault> {
    let (ctx, me) = (officer.ctx(), officer.person_id());
    let finance = roles::holders(conn, StaffRole::Finance)?;
    let page = if closing { format!("/{}/closure", number.as_str()) } else { String::new() };
    let asked = Asked {
        by: finance.iter().find(|one| one.id == me).map(|one| one.called().to_string()).unwrap_or_default(),
        bank_name: bank_of(conn, number)?,
        closing,
        link: format!("{}/staff/receiving{page}", ctx.base_url),
    };
    for one in finance.iter().filter(|one| one.id != me) {
        mail::send(conn, ctx, mails::second_wanted(one, &asked)?)?;
    }
    Ok(())
}
