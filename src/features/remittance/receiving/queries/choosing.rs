//! Which receiving account a top-up names (D1): one that is for this customer, else one whose range holds the amount.

use diesel::prelude::*;

use super::{RECEIVING, Receiving};
use crate::base::db::Conn;
use crate::base::db::schema::receiving_accounts;
use crate::base::types::Money;
use crate::features::remittance::receiving::model::{ReceivingState, first_choice};

/// All that take money in this currency, in the order in which a top-up chooses: it names the first that takes it. They stay as
/// they are until this transaction ends, so that nobody is sent to an account that is being closed.
pub fn candidates(conn: &mut Conn, currency: &str) -> QueryResult<Vec<Receiving>> {
    let states = [ReceivingState::Open, ReceivingState::Closing];
    let fitting = receiving_accounts::table
        .filter(receiving_accounts::state.eq_any(states))
        .filter(receiving_accounts::currency.eq(currency))
        .order(receiving_accounts::id)
        .select(RECEIVING);
    let mut found: Vec<Receiving> = match conn {
        Conn::Pg(pg) => fitting.for_share().load(pg)?,
        Conn::Sqlite(sqlite) => fitting.load(sqlite)?,
    };
    found.sort_by_key(|one| {
        let own = one.for_account_id.is_some();
        first_choice(one.state, own, one.range, one.id)
    });
    Ok(found)
}

/// The account that a top-up of this customer and amount names; none when none takes it.
pub fn chosen(conn: &mut Conn, account_id: i64, amount: Money, currency: &str) -> QueryResult<Option<Receiving>> {
    Ok(candidates(conn, currency)?.into_iter().find(|one| one.takes(account_id, amount)))
}

/// Whether a top-up of this customer in this currency can be opened.
pub fn any_takes_money(conn: &mut Conn, account_id: i64, currency: &str) -> QueryResult<bool> {
    let states = [ReceivingState::Open, ReceivingState::Closing];
    let open = receiving_accounts::table
        .filter(receiving_accounts::state.eq_any(states))
        .filter(receiving_accounts::currency.eq(currency))
        .filter(receiving_accounts::for_account_id.is_null().or(receiving_accounts::for_account_id.eq(account_id)));
    diesel::select(diesel::dsl::exists(open)).get_result(conn)
}

/// The accounts to which this customer may pay at any time: those that are for this customer alone if there are any, else those
/// that are for all.
pub fn paid_to(conn: &mut Conn, account_id: i64, currency: &str) -> QueryResult<Vec<Receiving>> {
    let rows: Vec<Receiving> = receiving_accounts::table
        .filter(receiving_accounts::state.eq(ReceivingState::Open))
        .filter(receiving_accounts::currency.eq(currency))
        .filter(receiving_accounts::for_account_id.is_null().or(receiving_accounts::for_account_id.eq(account_id)))
        .order(receiving_accounts::id.desc())
        .select(RECEIVING)
        .load(conn)?;
    let (own, for_all): (Vec<_>, Vec<_>) = rows.into_iter().partition(|one| one.for_account_id.is_some());
    Ok(if own.is_empty() { for_all } else { own })
}

/// Those to which this customer may have paid at some time: each account at the bank once.
pub fn once_paid_to(conn: &mut Conn, account_id: i64, currency: &str) -> QueryResult<Vec<Receiving>> {
    let mut all = super::known(conn)?;
    all.retain(|one| one.currency == currency && one.for_account_id.is_none_or(|own| own == account_id));
    Ok(all)
}

/// Those among which the top-ups of an account choose, if it is closed now.
pub fn next(conn: &mut Conn, account: &Receiving) -> QueryResult<Vec<Receiving>> {
    let states = [ReceivingState::Open, ReceivingState::Closing];
    let mut found: Vec<Receiving> = receiving_accounts::table
        .filter(receiving_accounts::state.eq_any(states))
        .filter(receiving_accounts::currency.eq(&account.currency))
        .filter(receiving_accounts::id.ne(account.id))
        .select(RECEIVING)
        .load(conn)?;
    // One that is for another customer takes none of them.
    found.retain(|one| {
        account.for_account_id.is_none() || one.for_account_id.is_none_or(|own| Some(own) == account.for_account_id)
    });
    found.sort_by_key(|one| first_choice(one.state, one.for_account_id.is_some(), one.range, one.id));
    Ok(found)
}
