//! A line that somebody typed in ahead of the file, when the file brings it: from then on it says what the bank wrote.

use serde_json::json;

use super::model::{EntryMove, EntryState, Hold};
use super::queries;
use crate::base::db::Conn;
use crate::base::types::{Day, Money, Number};
use crate::features::identity::{self, same_name};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::{allocating, aml, desk, payers};
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
    pub(super) account: String,
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

/// Lets a typed entry say what the file says, whatever became of it. One that nobody decided anything about is looked at by the
/// rules, as if the file had brought it; where the bank names nobody, it stays with the people who know who paid. When money was
/// credited on a name that the bank contradicts, there is a case.
pub fn meet(conn: &mut Conn, ctx: &Context, typed: &Typed, brought: &Brought) -> Result<(), Fault> {
    let named = !brought.remitter.trim().is_empty();
    let other = named && !same_name(&typed.remitter, brought.remitter);
    // What two people undid or kept was not meant for what it names, and what waits for a second one is theirs.
    let for_the_rules = named && typed.state == EntryState::Open && !desk::touched(conn, typed.id)?;
    let to = if for_the_rules { typed.state.after(EntryMove::Meet)? } else { typed.state };
    let said = if named {
        (brought.remitter, brought.remitter_account)
    } else {
        let account = Some(typed.account.as_str()).filter(|account| !account.is_empty());
        (typed.remitter.as_str(), brought.remitter_account.or(account))
    };
    if !queries::taken_over(conn, ctx, (typed, to), brought, said)? {
        return Err(Fault::Changed);
    }
    let entry = Entry::new(Event::EntryMet).about(typed.number.as_str());
    records::keep(conn, ctx, entry.with(json!({ "other_name": other })))?;
    if other && typed.state == EntryState::Credited { doubted(conn, ctx, typed, brought.remitter) } else { Ok(()) }
}

/// Money was credited on another name than the bank says: a case, unless money may come in that name, too.
fn doubted(conn: &mut Conn, ctx: &Context, typed: &Typed, remitter: &str) -> Result<(), Fault> {
    let Some(arrived) = allocating::arrived(conn, &typed.number)? else { return Ok(()) };
    for account in allocating::paid_accounts(conn, &arrived)? {
        let mut names = payers::names_of(conn, &ctx.keys, account)?;
        names.extend(identity::name_of(conn, &ctx.keys, account)?);
        if !names.iter().any(|name| same_name(name, remitter)) {
            return aml::doubted(conn, ctx, &arrived, account, Hold::OtherName);
        }
    }
    Ok(())
}
