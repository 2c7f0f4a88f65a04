//! A line that somebody typed in ahead of the file, when the file brings it: from then on it says what the bank wrote.

use serde_json::json;

use super::model::{EntryMove, EntryState, Hold};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::{Day, Money, Number};
use crate::features::identity::same_name;
use crate::features::remittance::fault::Fault;
use crate::features::remittance::{aml, desk};
use crate::services::context::Context;
use crate::services::records::{self, Entry, Event};

/// An entry that was typed in and counts.
pub struct Typed {
    pub(super) id: i64,
    pub(super) number: Number,
    pub(super) state: EntryState,
    pub(super) serial: String,
    pub(super) booked_on: Day,
    pub(super) amount: Money,
    pub(super) remitter: String,
}

impl Typed {
    /// Whether it stands among these as it does here.
    pub fn among(&self, others: &[Self]) -> bool {
        others.iter().any(|one| one.id == self.id && one.state == self.state)
    }

    /// Whether a line of the file is this one: by the bank's serial number, the day and the amount.
    pub fn is(&self, serial: Option<&str>, booked_on: Day, amount: Money) -> bool {
        serial == Some(self.serial.as_str()) && self.booked_on == booked_on && self.amount == amount
    }
}

/// What the file says of it.
pub struct Brought<'a> {
    /// The import.
    pub import_id: i64,
    /// By what the line is the same in another file, and the how many-th of its equals it is.
    pub line: (&'a str, i64),
    /// From when it counts for interest.
    pub value_on: Option<Day>,
    /// Who paid, as the bank names them; empty when it does not.
    pub remitter: &'a str,
    /// Their account.
    pub remitter_account: Option<&'a str>,
    /// The text of the remittance.
    pub text: &'a str,
    /// The reference in it.
    pub reference: Option<&'a Number>,
    /// Whether the bank takes back by it what it booked before.
    pub reversal: bool,
}

/// Lets a typed entry say what the file says. One about which nothing is decided is looked at by the rules, as if the file had
/// brought it. What was credited or went back already stays as it is: when the bank names another remitter then, there is a case.
pub fn meet(conn: &mut Conn, ctx: &Context, typed: &Typed, brought: &Brought) -> Result<(), Fault> {
    let other = !brought.remitter.trim().is_empty() && !same_name(&typed.remitter, brought.remitter);
    if matches!(typed.state, EntryState::Credited | EntryState::Returned) {
        return match queries::credited_account(conn, typed)? {
            Some(account) if other => aml::opened(conn, ctx, &typed.number, account, Hold::OtherName),
            _ => Ok(()),
        };
    }
    // Two people may be about to decide: they see what the bank says now, and are asked anew about another name.
    let waits = desk::waits(conn, typed.id)?;
    let to = if waits { typed.state } else { typed.state.after(EntryMove::Meet).unwrap_or(typed.state) };
    if !queries::taken_over(conn, ctx, typed, brought, to)? {
        return Err(Fault::Changed);
    }
    let entry = Entry::new(Event::EntryMet).about(typed.number.as_str());
    Ok(records::keep(conn, ctx, entry.with(json!({ "other_name": other })))?)
}
