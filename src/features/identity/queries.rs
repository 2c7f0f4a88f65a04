//! The stored result of a real-name authentication.

use diesel::prelude::*;

use crate::base::crypto::Keys;
use crate::base::db::Conn;
use crate::base::db::schema::identity_results;
use crate::base::types::{Moment, text_enum};
use crate::features::accounts::Customer;

text_enum! {
    /// Whose real name.
    pub enum IdentityKind {
        /// A natural person's.
        Personal = "personal",
        /// A company's.
        Corporate = "corporate",
    }
}

text_enum! {
    /// By what it was proved.
    pub enum IdentityMethod {
        /// A picture of the identity document.
        Document = "document",
        /// A photo of the face.
        Face = "face",
        /// The business licence.
        Licence = "licence",
    }
}

const NAME: &str = "identity_results.sealed_name";

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

pub(super) fn stands(conn: &mut Conn, customer: &Customer) -> QueryResult<bool> {
    stands_for(conn, customer.account_id())
}

/// The same for the account of a request's author, which a card knows only by its id.
pub(super) fn stands_for(conn: &mut Conn, account_id: i64) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(identity_results::table.filter(identity_results::account_id.eq(account_id))))
        .get_result(conn)
}

/// The result of the customer's account.
pub fn result_of(conn: &mut Conn, customer: &Customer) -> QueryResult<Option<IdentityResult>> {
    identity_results::table
        .filter(identity_results::account_id.eq(customer.account_id()))
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

/// A decided authentication.
#[derive(Debug, Clone)]
pub struct NewResult<'a> {
    /// The account.
    pub account_id: i64,
    /// Person or company.
    pub kind: IdentityKind,
    /// The legal name; sealed, for remittances and invoices.
    pub name: &'a str,
    /// The name, masked.
    pub masked_name: &'a str,
    /// The number, masked.
    pub masked_number: &'a str,
    /// How it was proved.
    pub method: IdentityMethod,
    /// Who decided.
    pub decided_by_id: Option<i64>,
    /// When, UTC.
    pub decided_at: Moment,
}

/// Stores a result in the running transaction.
pub fn store(conn: &mut Conn, keys: &Keys, new: &NewResult<'_>) -> QueryResult<()> {
    diesel::insert_into(identity_results::table)
        .values((
            identity_results::account_id.eq(new.account_id),
            identity_results::kind.eq(new.kind),
            identity_results::masked_name.eq(new.masked_name),
            identity_results::masked_number.eq(new.masked_number),
            identity_results::sealed_name.eq(keys.seal(NAME, &new.account_id.to_string(), new.name.as_bytes())),
            identity_results::method.eq(new.method),
            identity_results::decided_by_id.eq(new.decided_by_id),
            identity_results::decided_at.eq(new.decided_at),
        ))
        .execute(conn)?;
    Ok(())
}
