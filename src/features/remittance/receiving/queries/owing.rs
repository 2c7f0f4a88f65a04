//! Who still owes a transfer to an account that is closed: each is told by mail, in the transaction that closes it (D1).

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::json;

use super::{ReceivingState, current};
use crate::base::db::Conn;
use crate::base::db::schema::{people, receiving_accounts, remittances};
use crate::base::types::{Money, Number};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::receiving::mails::{self, Owed};
use crate::services::context::Context;
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// An account was closed: what was not declared yet names the next one, if there is one, and whoever may still pay or
/// has just paid is told.
pub(super) fn told_of_closing(conn: &mut Conn, ctx: &Context, closed: &Number) -> Result<(), Fault> {
    let (id, currency): (i64, String) = receiving_accounts::table
        .filter(receiving_accounts::number.eq(closed))
        .select((receiving_accounts::id, receiving_accounts::currency))
        .first(conn)?;
    let redirected = redirect(conn, &[id], &currency)?;
    let mut owing: Vec<Row> = owed()
        .filter(remittances::receiving_account_id.eq(id))
        .filter(remittances::state.eq_any(RemittanceState::before(Move::Declare)))
        .load(conn)?;
    owing.extend(rows(conn, &redirected)?);
    told(conn, ctx, owing, &redirected, &currency)
}

/// An account was opened: what still names a closed one, because there was no other, names it.
pub(super) fn told_of_opening(conn: &mut Conn, ctx: &Context) -> Result<(), Fault> {
    let Some(next) = current(conn)? else { return Ok(()) };
    let closed: Vec<i64> = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Closed))
        .filter(receiving_accounts::currency.eq(&next.currency))
        .select(receiving_accounts::id)
        .load(conn)?;
    let redirected = redirect(conn, &closed, &next.currency)?;
    let owing = rows(conn, &redirected)?;
    told(conn, ctx, owing, &redirected, &next.currency)
}

/// Makes what was not declared yet name the current account instead of closed ones; answers which.
fn redirect(conn: &mut Conn, closed: &[i64], currency: &str) -> QueryResult<Vec<i64>> {
    let Some(next) = current(conn)?.filter(|next| next.currency == currency) else { return Ok(Vec::new()) };
    diesel::update(
        remittances::table
            .filter(remittances::receiving_account_id.eq_any(closed))
            .filter(remittances::state.eq(RemittanceState::Open)),
    )
    .set(remittances::receiving_account_id.eq(next.id))
    .returning(remittances::id)
    .get_results(conn)
}

/// A remittance and who opened it.
type Row = (i64, i64, Number, RemittanceState, Money, i64, String);

#[diesel::dsl::auto_type]
fn owed() -> _ {
    remittances::table.inner_join(people::table.on(remittances::opened_by_id.eq(people::id))).select((
        remittances::id,
        remittances::account_id,
        remittances::number,
        remittances::state,
        remittances::amount,
        people::id,
        people::address,
    ))
}

fn rows(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Row>> {
    owed().filter(remittances::id.eq_any(ids)).load(conn)
}

/// Records each, and writes one mail to each person.
fn told(conn: &mut Conn, ctx: &Context, owing: Vec<Row>, redirected: &[i64], currency: &str) -> Result<(), Fault> {
    let mut people: BTreeMap<(i64, String), Vec<Owed>> = BTreeMap::new();
    for (id, account, number, state, amount, person, address) in owing {
        let redirected = redirected.contains(&id);
        let entry = Entry::new(Event::RemittanceAccountClosed).about(number.as_str()).of_account(account);
        records::keep(conn, ctx, entry.with(json!({ "redirected": redirected })))?;
        let link = format!("{}/account/remittances/{}", ctx.base_url, number.as_str());
        let declared = state != RemittanceState::Open;
        people.entry((person, address)).or_default().push(Owed { number, amount, declared, redirected, link });
    }
    for ((person, address), owed) in people {
        let mail = mails::account_closed(person, address, currency, &owed)?;
        mail::send(conn, ctx, mail)?;
    }
    Ok(())
}
