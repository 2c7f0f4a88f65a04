//! Checking what stands beside the ledger (D4): what entries pay, what top-ups received, and that suspense holds what is nobody's.

mod queries;

use std::fmt;

use diesel::QueryResult;

use crate::base::db::Conn;
use crate::base::types::Money;

/// Something that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// An entry says that more or less of it is allocated than its allocations come to.
    Entry {
        /// Its public number.
        number: String,
        /// What stands there.
        stored: Money,
        /// What the allocations come to.
        counted: Money,
    },
    /// A top-up received more or less than its allocations and the charges come to.
    Remittance {
        /// Its reference.
        number: String,
        /// What stands there.
        stored: Money,
        /// What the allocations come to.
        counted: Money,
    },
    /// An account of the house holds something else than entries and allocations come to.
    House {
        /// Its code.
        account: String,
        /// What stands there.
        stored: Money,
        /// What they come to.
        counted: Money,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, stored, counted) = match self {
            Self::Entry { number, stored, counted } => (format!("entry {number}"), stored, counted),
            Self::Remittance { number, stored, counted } => (format!("remittance {number}"), stored, counted),
            Self::House { account, stored, counted } => (account.clone(), stored, counted),
        };
        write!(f, "{what}: {} minor units stand there, the parts come to {}", stored.0, counted.0)
    }
}

/// Counts everything anew. Wants one state of the database (`Db::read_snapshot`).
pub fn verify(conn: &mut Conn) -> QueryResult<Vec<Mismatch>> {
    let mut found = Vec::new();
    for (number, stored, counted) in queries::entries(conn)? {
        if stored != counted {
            found.push(Mismatch::Entry { number, stored, counted });
        }
    }
    for (number, stored, counted) in queries::remittances(conn)? {
        if stored != counted {
            found.push(Mismatch::Remittance { number, stored, counted });
        }
    }
    for (account, stored, counted) in queries::house(conn)? {
        if stored != counted {
            found.push(Mismatch::House { account, stored, counted });
        }
    }
    Ok(found)
}
