//! Who moves a work order. What moves it takes one of these, so the type of a handler's argument says who may: the traits
//! stand on admitted actors alone, and on the people of the demo company.

use crate::features::accounts::{Any, Customer, Member};
use crate::features::staff::{Officer, Staff, Support};
use crate::services::context::Context;

/// A member of the account that asks.
pub trait Asker {
    /// The circumstances.
    fn ctx(&self) -> &Context;
    /// The account.
    fn account_id(&self) -> i64;
    /// The person.
    fn person_id(&self) -> i64;
}

/// A member of support.
pub trait Helper {
    /// The circumstances.
    fn ctx(&self) -> &Context;
    /// The person.
    fn person_id(&self) -> i64;
}

impl Asker for Member<Any> {
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

impl Helper for Staff<Support> {
    fn ctx(&self) -> &Context {
        Officer::ctx(self)
    }

    fn person_id(&self) -> i64 {
        Officer::person_id(self)
    }
}
