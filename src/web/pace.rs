//! How often one account, and all accounts of one network, may send what people have to read.

use std::time::Duration;

use super::asked::Asked;
use super::error::whole_seconds;
use super::forms::{Errors, FieldError};
use super::limits::{self, Limit, bucket};
use super::visit::Stop;
use crate::base::db::Conn;

const HOUR: u64 = 3600;
/// A network, such as that of an office, takes as much as so many accounts.
const ACCOUNTS_OF_NETWORK: i64 = 5;

/// So many of one thing in an hour.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    what: &'static str,
    of_account: Limit,
    of_network: Limit,
}

impl Pace {
    /// So many of `what` for each account.
    pub const fn hourly(what: &'static str, most: i64) -> Self {
        Self { what, of_account: Limit::of(most, HOUR), of_network: Limit::of(most * ACCOUNTS_OF_NETWORK, HOUR) }
    }
}

/// Counts one more of what is about to be made; when that is too many, the form comes back and says how long to wait.
pub fn keep(conn: &mut Conn, asked: &Asked, account_id: i64, pace: Pace) -> Result<(), Stop> {
    let (keys, now) = (&asked.context.keys, asked.context.now);
    let counters = [
        (bucket(keys, pace.what, &["account", &account_id.to_string()]), pace.of_account),
        (bucket(keys, pace.what, &["network", &asked.network_bucket()]), pace.of_network),
    ];
    for (bucket, limit) in counters {
        if let Some(wait) = limits::count(conn, &bucket, limit, now)?.over {
            return Err(too_often(wait));
        }
    }
    Ok(())
}

fn too_often(wait: Duration) -> Stop {
    Stop::Refused(Errors::one("form", FieldError::TooOften(whole_seconds(wait))))
}
