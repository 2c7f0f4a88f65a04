//! Which code a change needs next, and how it reaches the person.

use super::model::{Change, ContactKind};
use super::{guard, queries, texts};
use crate::base::config::SmsRules;
use crate::base::db::Conn;
use crate::base::types::{Address, Phone};
use crate::features::accounts::codes::{Asking, Purpose, begin};
use crate::features::accounts::guesses::{self, Asker};
use crate::features::accounts::queries::exists;
use crate::features::accounts::scene::Scene;
use crate::features::accounts::{Person, letters};
use crate::web::session::PersonKind;
use crate::web::{Error, Stop};

/// Where a code goes.
pub(super) enum Target {
    Phone(Phone),
    Address(Address),
}

impl Target {
    /// The target of this code of a change.
    pub(super) fn of(person: &Person, change: &Change, purpose: Purpose) -> Result<Self, Error> {
        let keys = &person.ctx().keys;
        let lost = || Error::internal("a change without what it changes");
        match purpose {
            Purpose::AddressOld => Ok(Self::Address(own_address(person)?)),
            Purpose::AddressNew => {
                Ok(Self::Address(Address::parse(&change.new_value(keys).ok_or_else(lost)?).ok_or_else(lost)?))
            }
            Purpose::PhoneNew => {
                Ok(Self::Phone(Phone::kept(&change.new_value(keys).ok_or_else(lost)?).ok_or_else(lost)?))
            }
            _ => Err(lost()),
        }
    }

    /// As the page names it.
    pub(super) fn shown(&self, purpose: Purpose) -> String {
        match self {
            Self::Phone(phone) => phone.masked(),
            // The new address was typed a moment ago: a slip of the finger must be seen.
            Self::Address(address) if purpose == Purpose::AddressNew => address.to_string(),
            Self::Address(address) => address.masked(),
        }
    }
}

/// The same, also where it is the bound phone.
pub(super) fn target(conn: &mut Conn, person: &Person, change: &Change, purpose: Purpose) -> Result<Target, Error> {
    if purpose != Purpose::PhoneOld {
        return Target::of(person, change, purpose);
    }
    let phone = queries::phone_of(conn, &person.ctx().keys, person.person_id())?;
    phone.map(Target::Phone).ok_or_else(|| Error::internal("the bound phone is gone"))
}

/// The address of whoever is signed in.
pub(super) fn own_address(person: &Person) -> Result<Address, Error> {
    Address::parse(&person.session().address).ok_or_else(|| Error::internal("a stored address is none"))
}

/// Counts and sends the code that the change needs next; answers the handle for the cookie. What is over is said at `field`.
pub(super) fn next_code(
    conn: &mut Conn,
    scene: &Scene,
    person: &Person,
    change: &Change,
    rules: &SmsRules,
    field: &'static str,
) -> Result<String, Stop> {
    let purpose = change.next_code();
    let to = target(conn, person, change, purpose)?;
    // The row of the challenge names an address; a code to a phone is tied to it by the change that its data names.
    let address = match &to {
        Target::Address(address) => address.clone(),
        Target::Phone(_) => own_address(person)?,
    };
    let mut opens = true;
    match &to {
        Target::Phone(phone) => guard::count(conn, &scene.asked, rules, person.person_id(), phone, field)?,
        Target::Address(address) => {
            let who = Asker::of(conn, &scene.asked, Some(person.person_id()))?;
            guesses::send(conn, &scene.asked, address, who)?;
            // From outside it looks the same whether somebody has the address (A3).
            opens = purpose != Purpose::AddressNew || !exists(conn, PersonKind::Customer, address)?;
        }
    }
    let asking = Asking {
        purpose,
        address: &address,
        person_id: Some(person.person_id()),
        remembered: false,
        data: change.number.as_str(),
        opens,
    };
    let begun = begin(conn, person.ctx(), &asking)?;
    deliver(conn, scene, person, change, purpose, opens.then_some(&begun.code))?;
    Ok(begun.handle)
}

/// Hands the code to the outbox; none where none opens.
pub(super) fn deliver(
    conn: &mut Conn,
    scene: &Scene,
    person: &Person,
    change: &Change,
    purpose: Purpose,
    code: Option<&String>,
) -> Result<(), Error> {
    let (ctx, id) = (person.ctx(), person.person_id());
    let to = target(conn, person, change, purpose)?;
    let mut facts = scene.facts().about_phone(change.kind == ContactKind::Phone);
    if let Some(code) = code {
        facts = facts.with_code(code);
    }
    match (to, code) {
        (Target::Phone(phone), Some(code)) => texts::code(conn, ctx, &phone, id, purpose, code),
        (Target::Phone(_), None) => Ok(()),
        (Target::Address(address), Some(_)) if purpose == Purpose::AddressNew => {
            letters::code_address_new(conn, ctx, &address, Some(id), &facts)
        }
        (Target::Address(address), Some(_)) => letters::code_contact(conn, ctx, &address, Some(id), &facts),
        (Target::Address(address), None) => letters::address_taken(conn, ctx, &address, None, &facts),
    }
}
