//! The stored result of a real-name authentication.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::identity_results;
use crate::base::types::{Moment, text_enum};
use crate::features::accounts::Customer;
use crate::features::identity::cases::{self, Case, Details, IdentityKind, IdentityMethod};
use crate::features::identity::proofs;
use crate::services::ledger;

const NAME: &str = "identity_results.sealed_name";
const CODE: &str = "identity_results.sealed_code";

text_enum! {
    /// Whether a result opens anything.
    pub enum ResultState {
        /// It does.
        Standing = "standing",
        /// Its consent was withdrawn: it is kept because the law asks for it, and opens nothing.
        Restricted = "restricted",
    }
}

/// What the customer sees of it.
#[derive(Debug, Clone, Queryable)]
pub struct IdentityResult {
    /// Person or company.
    pub kind: IdentityKind,
    /// The name, masked.
    pub masked_name: String,
    /// The number, masked.
    pub masked_number: String,
    /// How it was proved.
    pub method: IdentityMethod,
    /// When, UTC.
    pub decided_at: Moment,
}

/// Whether the customer's account has a real name that was authenticated.
pub fn stands(conn: &mut Conn, customer: &Customer) -> QueryResult<bool> {
    stands_for(conn, customer.account_id())
}

/// The same for the account of a request's author, which a card knows only by its id.
pub fn stands_for(conn: &mut Conn, account_id: i64) -> QueryResult<bool> {
    let standing = identity_results::table
        .filter(identity_results::account_id.eq(account_id))
        .filter(identity_results::state.eq(ResultState::Standing));
    diesel::select(diesel::dsl::exists(standing)).get_result(conn)
}

/// The result of the customer's account, while it stands.
pub fn result_of(conn: &mut Conn, customer: &Customer) -> QueryResult<Option<IdentityResult>> {
    identity_results::table
        .filter(identity_results::account_id.eq(customer.account_id()))
        .filter(identity_results::state.eq(ResultState::Standing))
        .select((
            identity_results::kind,
            identity_results::masked_name,
            identity_results::masked_number,
            identity_results::method,
            identity_results::decided_at,
        ))
        .first(conn)
        .optional()
}

/// The name that stands, for what is compared with it. No `Debug`: it is never to be seen in a log.
pub struct Held {
    /// Person or company.
    pub kind: IdentityKind,
    /// The name, masked.
    pub masked_name: String,
    /// The name; empty when it cannot be opened.
    pub name: String,
}

/// The name that stands for an account.
pub fn held(conn: &mut Conn, keys: &Keys, account_id: i64) -> QueryResult<Option<Held>> {
    let found: Option<(IdentityKind, String, Vec<u8>)> = identity_results::table
        .filter(identity_results::account_id.eq(account_id))
        .filter(identity_results::state.eq(ResultState::Standing))
        .select((identity_results::kind, identity_results::masked_name, identity_results::sealed_name))
        .first(conn)
        .optional()?;
    Ok(found.map(|(kind, masked_name, sealed)| {
        let opened = keys.open_sealed(NAME, &account_id.to_string(), &sealed).ok();
        let name = opened.and_then(|name| String::from_utf8(name.to_vec()).ok()).unwrap_or_default();
        Held { kind, masked_name, name }
    }))
}

/// The real names that stand for these accounts.
pub fn names_of(conn: &mut Conn, keys: &Keys, accounts: &[i64]) -> QueryResult<HashMap<i64, String>> {
    let rows: Vec<(i64, Vec<u8>)> = identity_results::table
        .filter(identity_results::account_id.eq_any(accounts))
        .filter(identity_results::state.eq(ResultState::Standing))
        .select((identity_results::account_id, identity_results::sealed_name))
        .load(conn)?;
    let opened = |(account, sealed): (i64, Vec<u8>)| {
        let name = keys.open_sealed(NAME, &account.to_string(), &sealed).ok()?;
        Some((account, String::from_utf8(name.to_vec()).ok()?))
    };
    Ok(rows.into_iter().filter_map(opened).collect())
}

/// The same, held for what follows in the transaction: the result does not end meanwhile.
pub fn hold(conn: &mut Conn, keys: &Keys, account_id: i64) -> QueryResult<Option<Held>> {
    let standing = identity_results::table
        .filter(identity_results::account_id.eq(account_id))
        .filter(identity_results::state.eq(ResultState::Standing));
    diesel::update(standing).set(identity_results::state.eq(ResultState::Standing)).execute(conn)?;
    held(conn, keys, account_id)
}

/// The real name by which money for an account must come, held for what follows in the transaction; none while none stands.
pub fn hold_name(conn: &mut Conn, keys: &Keys, account_id: i64) -> QueryResult<Option<String>> {
    Ok(hold(conn, keys, account_id)?.map(|held| held.name))
}

/// The real name of an account, for the eyes of its own people; none while none stands.
pub fn name_of(conn: &mut Conn, keys: &Keys, account_id: i64) -> QueryResult<Option<String>> {
    Ok(held(conn, keys, account_id)?.map(|held| held.name).filter(|name| !name.is_empty()))
}

/// A decided authentication.
#[derive(Clone)]
pub struct NewResult<'a> {
    /// The account.
    pub account_id: i64,
    /// The case that came to it.
    pub case_id: Option<i64>,
    /// The legal name; sealed, for remittances and invoices.
    pub name: &'a str,
    /// A company's credit code; sealed, for invoices.
    pub code: Option<&'a str>,
    /// The number of the document, or a company's credit code: masked and fingerprinted, never kept.
    pub number: &'a str,
    /// The number, masked.
    pub masked_number: &'a str,
    /// How it was proved.
    pub method: IdentityMethod,
    /// Who decided.
    pub decided_by_id: Option<i64>,
    /// When, UTC.
    pub decided_at: Moment,
}

impl<'a> NewResult<'a> {
    /// What a case that is approved comes to.
    pub(in crate::features::identity) fn of(
        case: &'a Case,
        details: &'a Details,
        decided_by_id: Option<i64>,
        decided_at: Moment,
    ) -> Self {
        Self {
            account_id: case.account_id,
            case_id: Some(case.id),
            name: details.legal_name(),
            code: details.company.as_ref().map(|company| company.code.as_str()),
            number: details.proven_number(),
            masked_number: &case.masked_number,
            method: case.method,
            decided_by_id,
            decided_at,
        }
    }
}

/// How many other accounts this number stands for.
pub fn times_used(conn: &mut Conn, prints: &[Vec<u8>], but_for: i64) -> QueryResult<i64> {
    taken(conn, prints, but_for).map(|slots| i64::try_from(slots.len()).unwrap_or(i64::MAX))
}

fn taken(conn: &mut Conn, prints: &[Vec<u8>], but_for: i64) -> QueryResult<Vec<i64>> {
    identity_results::table
        .filter(identity_results::fingerprint.eq_any(prints))
        .filter(identity_results::account_id.ne(but_for))
        .order(identity_results::slot)
        .select(identity_results::slot)
        .load(conn)
}

/// Stores a result in the running transaction. The account's former one goes, or is closed away where money moved under
/// it. False when the number stands for `most` accounts already. Of two accounts that take the last slot at once, the
/// index lets one through.
pub fn store(conn: &mut Conn, keys: &Keys, new: &NewResult<'_>, most: i64) -> QueryResult<bool> {
    let prints = cases::fingerprints(keys, new.number);
    let slots = taken(conn, &prints, new.account_id)?;
    let Some(slot) = (1..=most).find(|slot| !slots.contains(slot)) else { return Ok(false) };
    let own = identity_results::table.filter(identity_results::account_id.eq(new.account_id));
    // The same number anew is the same subject: nothing of the former result is worth more than this one.
    diesel::delete(own.filter(identity_results::fingerprint.eq_any(&prints))).execute(conn)?;
    // A number may come with another name: what proved the former one proves nothing of it.
    proofs::fall(conn, new.account_id)?;
    end(conn, new.account_id)?;
    let row = new.account_id.to_string();
    diesel::insert_into(identity_results::table)
        .values((
            identity_results::account_id.eq(new.account_id),
            identity_results::case_id.eq(new.case_id),
            identity_results::kind.eq(new.method.kind()),
            identity_results::state.eq(ResultState::Standing),
            identity_results::masked_name.eq(cases::masked_name(new.name)),
            identity_results::masked_number.eq(new.masked_number),
            identity_results::sealed_name.eq(keys.seal(NAME, &row, new.name.as_bytes())),
            identity_results::sealed_code.eq(new.code.map(|code| keys.seal(CODE, &row, code.as_bytes()))),
            identity_results::fingerprint.eq(cases::fingerprint(keys, new.number)),
            identity_results::slot.eq(slot),
            identity_results::method.eq(new.method),
            identity_results::decided_by_id.eq(new.decided_by_id),
            identity_results::decided_at.eq(new.decided_at),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Ends the account's standing result: removed, or closed away where money moved under it. Nothing when none stood, else
/// whether it was closed away.
pub fn end(conn: &mut Conn, account_id: i64) -> QueryResult<Option<bool>> {
    let standing = identity_results::table
        .filter(identity_results::account_id.eq(account_id))
        .filter(identity_results::state.eq(ResultState::Standing));
    let moved = ledger::moved_for(conn, account_id)?;
    let ended = if moved {
        diesel::update(standing).set(identity_results::state.eq(ResultState::Restricted)).execute(conn)?
    } else {
        diesel::delete(standing).execute(conn)?
    };
    proofs::fall(conn, account_id)?;
    Ok((ended > 0).then_some(moved))
}
