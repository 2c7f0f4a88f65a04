//! Who moves money. What moves it takes one of these, so the type of a handler's argument says who may: the traits stand on
//! admitted actors alone, and on the people of the demo company.

use crate::features::accounts::{Billing, Customer, Member, Owner};
use crate::features::identity::Verified;
use crate::features::staff::{Finance, Officer, Staff};
use crate::services::context::Context;

/// A member who acts for the money of an account.
pub trait Steward {
    /// The circumstances.
    fn ctx(&self) -> &Context;
    /// The account.
    fn account_id(&self) -> i64;
    /// The person.
    fn person_id(&self) -> i64;
}

/// A steward of an account whose real name was authenticated: who pays in (B6).
pub trait Payer: Steward {}

/// A member of finance.
pub trait Treasurer {
    /// The circumstances.
    fn ctx(&self) -> &Context;
    /// The person.
    fn person_id(&self) -> i64;
}

impl Steward for Member<(Owner, Billing)> {
    fn ctx(&self) -> &Context {
        Customer::ctx(self)
    }

    fn account_id(&self) -> i64 {
        Customer::account_id(self)
    }

    fn person_id(&self) -> i64 {
        Customer::person_id(self)
    }
}

impl Steward for Member<Owner> {
    fn ctx(&self) -> &Context {
        Customer::ctx(self)
    }

    fn account_id(&self) -> i64 {
        Customer::account_id(self)
    }

    fn person_id(&self) -> i64 {
        Customer::person_id(self)
    }
}

impl<M: Steward> Steward for Verified<M> {
    fn ctx(&self) -> &Context {
        M::ctx(self)
    }

    fn account_id(&self) -> i64 {
        M::account_id(self)
    }

    fn person_id(&self) -> i64 {
        M::person_id(self)
    }
}

impl<M: Steward> Payer for Verified<M> {}

impl Treasurer for Staff<Finance> {
    fn ctx(&self) -> &Context {
        Officer::ctx(self)
    }

    fn person_id(&self) -> i64 {
        Officer::person_id(self)
    }
}
