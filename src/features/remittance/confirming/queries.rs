//! Finance's side of a remittance: the queue, confirming and refusing.

use diesel::prelude::*;
use serde_json::json;

use super::mails;
use super::matching::another;
use crate::base::db::Conn;
use crate::base::db::schema::{accounts, people, receiving_accounts, remittances, statement_entries};
use crate::base::types::{Moment, Money, Number};
use crate::features::accounts::{Reader, readers};
use crate::features::remittance::actor::Treasurer;
use crate::features::remittance::entries::{EntryMove, EntryState};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::model::{Move, RemittanceState};
use crate::features::remittance::top_ups::TopUp;
use crate::services::context::Context;
use crate::services::ledger::{self, Holder, Posting, TransactionKind};
use crate::services::mail;
use crate::services::records::{self, Entry, Event};

/// A row of the queue.
#[derive(Debug, Clone, Queryable)]
pub struct Queued {
    /// The reference.
    pub number: Number,
    /// Where it stands.
    pub state: RemittanceState,
    /// How much.
    pub amount: Money,
    /// The customer's account, as it is called.
    pub account_name: Option<String>,
    /// The customer's account number.
    pub account_number: String,
    /// When it was declared, UTC.
    pub declared_at: Option<Moment>,
    /// When the reference was made, UTC.
    pub opened_at: Moment,
}

/// Remittances of one state. What waits for finance comes in the order in which it was declared, everything else newest
/// first.
pub fn queue(
    conn: &mut Conn,
    state: RemittanceState,
    after: Option<&Number>,
    most: i64,
) -> QueryResult<Option<Vec<Queued>>> {
    let oldest_first = state == RemittanceState::Declared;
    let mut query = remittances::table
        .inner_join(accounts::table)
        .filter(remittances::state.eq(state))
        .limit(most)
        .select((
            remittances::number,
            remittances::state,
            remittances::amount,
            accounts::name,
            accounts::number,
            remittances::declared_at,
            remittances::opened_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        let found: Option<(i64, Option<Moment>)> = remittances::table
            .filter(remittances::number.eq(after))
            .select((remittances::id, remittances::declared_at))
            .first(conn)
            .optional()?;
        let Some((id, declared_at)) = found else { return Ok(None) };
        query = if oldest_first {
            // The first condition is what the index follows.
            query
                .filter(remittances::declared_at.ge(declared_at))
                .filter(remittances::declared_at.gt(declared_at).or(remittances::id.gt(id)))
        } else {
            query.filter(remittances::id.lt(id))
        };
    }
    query = if oldest_first {
        query.order((remittances::declared_at, remittances::id))
    } else {
        query.order(remittances::id.desc())
    };
    query.load(conn).map(Some)
}

/// How many declared transfers wait, and since when the oldest does.
pub fn waiting(conn: &mut Conn) -> QueryResult<(i64, Option<Moment>)> {
    let declared = || remittances::table.filter(remittances::state.eq(RemittanceState::Declared));
    let count = declared().count().get_result(conn)?;
    let oldest: Option<Option<Moment>> =
        declared().order(remittances::declared_at).select(remittances::declared_at).first(conn).optional()?;
    Ok((count, oldest.flatten()))
}

/// Whose account a remittance is for, as finance sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Payer {
    /// The account's number.
    pub account_number: String,
    /// What it is called.
    pub account_name: Option<String>,
    /// The address of the person who opened the top-up.
    pub opened_by: String,
}

/// The account and the person behind a remittance.
pub fn payer(conn: &mut Conn, top_up: &TopUp) -> QueryResult<Payer> {
    remittances::table
        .inner_join(accounts::table)
        .inner_join(people::table.on(remittances::opened_by_id.eq(people::id)))
        .filter(remittances::id.eq(top_up.id))
        .select((accounts::number, accounts::name, people::address))
        .first(conn)
}

/// A remittance as a move finds it.
#[derive(Queryable)]
struct Standing {
    id: i64,
    holder: Holder,
    state: RemittanceState,
    opened_by_id: i64,
    amount: Money,
    currency: String,
}

fn standing(conn: &mut Conn, number: &Number) -> Result<Standing, Fault> {
    remittances::table
        .inner_join(receiving_accounts::table)
        .filter(remittances::number.eq(number))
        .select((
            remittances::id,
            remittances::account_id,
            remittances::state,
            remittances::opened_by_id,
            remittances::amount,
            receiving_accounts::currency,
        ))
        .first(conn)
        .optional()?
        .ok_or(Fault::NotFound)
}

/// An entry of the statement as a move finds it.
#[derive(Queryable)]
struct Entered {
    id: i64,
    state: EntryState,
    author_id: i64,
    amount: Money,
    receiving: Number,
    currency: String,
    text: String,
}

fn entered(conn: &mut Conn, number: &Number) -> Result<Entered, Fault> {
    statement_entries::table
        .inner_join(receiving_accounts::table)
        .filter(statement_entries::number.eq(number))
        .select((
            statement_entries::id,
            statement_entries::state,
            statement_entries::entered_by_id,
            statement_entries::amount,
            receiving_accounts::number,
            receiving_accounts::currency,
            statement_entries::remittance_text,
        ))
        .first(conn)
        .optional()?
        .ok_or(Fault::NotFound)
}

/// What an officer had before the eyes when confirming.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// When the declaration was made that was looked at: a newer one is not credited unseen.
    pub declared_at: Moment,
    /// That the entry's text carries another top-up's reference, and that the money belongs here all the same.
    pub another_checked: bool,
}

/// Confirms a declaration against an entry of the statement and credits the wallet: declaration, entry, ledger, records
/// and mail in one transaction.
pub fn confirm(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    entry: &Number,
    sight: Sight,
) -> Result<(), Fault> {
    let (ctx, person) = (officer.ctx(), officer.person_id());
    let found = standing(conn, number)?;
    let entered = entered(conn, entry)?;
    if entered.author_id == person || found.opened_by_id == person {
        return Err(Fault::FourEyes);
    }
    if another(&entered.text, number).is_some() && !sight.another_checked {
        return Err(Fault::NamesAnother);
    }
    if found.currency != entered.currency {
        return Err(Fault::CurrenciesDiffer);
    }
    let to = (entered.state.after(EntryMove::Credit)?, found.state.after(Move::Credit)?);
    // The entry first: two confirmations of the same entry meet at its row, and the second finds it taken.
    let taken = diesel::update(statement_entries::table.find(entered.id))
        .filter(statement_entries::state.eq(entered.state))
        .set((statement_entries::state.eq(to.0), statement_entries::credited_by_id.eq(Some(person))))
        .execute(conn)?;
    if taken != 1 {
        return Err(Fault::Changed);
    }
    let credited = diesel::update(remittances::table.find(found.id))
        .filter(remittances::state.eq(found.state))
        .filter(remittances::declared_at.eq(Some(sight.declared_at)))
        .set((
            remittances::state.eq(to.1),
            remittances::statement_entry_id.eq(Some(entered.id)),
            remittances::confirmed_by_id.eq(Some(person)),
            remittances::settled_at.eq(Some(ctx.now)),
        ))
        .returning(remittances::amount)
        .get_result::<Money>(conn)
        .optional()?;
    let (declared, amount, currency) = (credited.ok_or(Fault::Changed)?, entered.amount, &entered.currency);
    if declared != amount {
        return Err(Fault::AmountsDiffer);
    }
    let bank = ledger::bank(conn, &entered.receiving, currency, ctx.now)?;
    let wallet = ledger::wallet(conn, found.holder, currency, ctx.now)?;
    let posting = Posting {
        kind: TransactionKind::CreditRemittance,
        object: Some(number.as_str().to_string()),
        transfers: vec![(bank, wallet, amount)],
    };
    let transaction = ledger::post(conn, ctx, posting)?;
    let details = json!({ "amount": amount, "remittance": number.as_str() });
    records::keep(conn, ctx, Entry::new(Event::EntryCredited).about(entry.as_str()).with(details))?;
    let details = json!({ "amount": amount, "entry": entry.as_str(), "transaction": transaction.as_str() });
    told(conn, ctx, &found, number, Event::RemittanceCredited, details)?;
    for reader in readers_of(conn, &found)? {
        mail::send(conn, ctx, mails::credited(ctx, number, amount, currency, &reader)?)?;
    }
    Ok(())
}

/// Refuses the declaration that was made at the moment `seen`; the customer reads the reason.
pub fn refuse(
    conn: &mut Conn,
    officer: &impl Treasurer,
    number: &Number,
    reason: &str,
    seen: Moment,
) -> Result<(), Fault> {
    let ctx = officer.ctx();
    let found = standing(conn, number)?;
    if found.opened_by_id == officer.person_id() {
        return Err(Fault::FourEyes);
    }
    let to = found.state.after(Move::Refuse)?;
    let changed = diesel::update(remittances::table.find(found.id))
        .filter(remittances::state.eq(found.state))
        .filter(remittances::declared_at.eq(Some(seen)))
        .set((
            remittances::state.eq(to),
            remittances::refusal.eq(Some(reason)),
            remittances::settled_at.eq(Some(ctx.now)),
        ))
        .execute(conn)?;
    if changed != 1 {
        return Err(Fault::Changed);
    }
    told(conn, ctx, &found, number, Event::RemittanceRefused, json!({ "reason": reason }))?;
    for reader in readers_of(conn, &found)? {
        mail::send(conn, ctx, mails::refused(ctx, number, found.amount, &found.currency, reason, &reader)?)?;
    }
    Ok(())
}

fn told(
    conn: &mut Conn,
    ctx: &Context,
    found: &Standing,
    number: &Number,
    event: Event,
    details: serde_json::Value,
) -> QueryResult<()> {
    records::keep(
        conn,
        ctx,
        Entry::new(event).about(number.as_str()).of_account(found.holder.account_id()).with(details),
    )
}

/// To whom mails go.
fn readers_of(conn: &mut Conn, found: &Standing) -> QueryResult<Vec<Reader>> {
    Ok(readers(conn, &[(found.holder.account_id(), found.opened_by_id)])?.into_iter().flatten().collect())
}
