//! What an entry may pay: top-ups, best first, with what speaks for each. A pure function.

use std::cmp::Reverse;

use crate::base::types::{Money, Number};
use crate::features::identity::same_name;
use crate::features::remittance::entries::StatementEntry;
use crate::features::remittance::model::Move;
use crate::features::remittance::top_ups::TopUp;

/// What speaks for a top-up. Words in `templates/remittance/desk/show.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The entry's text names it.
    Reference,
    /// The entry is what it still gets.
    Amount,
    /// The remitter is who was declared, or whose real name was authenticated.
    Name,
    /// Money from this account went to its customer before.
    Account,
    /// Booked within three days of the declared date.
    Date,
}

impl Sign {
    const fn weight(self) -> u32 {
        match self {
            Self::Reference => 45,
            Self::Amount => 25,
            Self::Name => 15,
            Self::Account => 10,
            Self::Date => 5,
        }
    }
}

/// A top-up and what is known of it.
#[derive(Debug, Clone)]
pub struct Payable {
    /// The top-up.
    pub top_up: TopUp,
    /// Whose it is, in words.
    pub customer: String,
    /// The real name of its account, while one stands.
    pub name: Option<String>,
    /// Whether money from the entry's account went to its account before.
    pub remembered: bool,
}

/// A top-up that an entry may pay.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is.
    pub payable: Payable,
    /// What speaks for it.
    pub signs: Vec<Sign>,
    /// 0 to 100.
    pub score: u32,
    /// Whether somebody else sent it than whose real name was authenticated.
    pub other_name: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "called by templates, which pass references")]
impl Candidate {
    /// What of the entry it would get.
    pub fn gets(&self, amount: &Money) -> Money {
        self.payable.top_up.rest().min(*amount)
    }

    /// What would still be payable of it.
    pub fn lacks(&self, amount: &Money) -> Money {
        Money(self.payable.top_up.rest().0 - self.gets(amount).0)
    }

    /// What would go to the balance.
    pub fn surplus(&self, amount: &Money) -> Money {
        Money(amount.0 - self.gets(amount).0)
    }

    /// Whether it still gets money.
    pub fn payable(&self) -> bool {
        self.payable.top_up.state.allows(Move::Credit)
    }
}

/// The best `most` top-ups for an entry; of equal ones by their reference, so that the order never depends on the database.
pub fn candidates(entry: &StatementEntry, payables: Vec<Payable>, most: usize) -> Vec<Candidate> {
    let named = Number::within('R', &entry.text);
    let mut list: Vec<Candidate> = payables
        .into_iter()
        .map(|payable| {
            let signs = signs(entry, &payable, &named);
            let other_name = payable.name.as_ref().is_none_or(|name| !same_name(name, &entry.remitter));
            Candidate { score: signs.iter().map(|sign| sign.weight()).sum(), signs, other_name, payable }
        })
        .filter(|candidate| candidate.signs.iter().any(|sign| *sign != Sign::Date))
        .collect();
    list.sort_by(|one, other| {
        let key =
            |candidate: &Candidate| (Reverse(candidate.score), candidate.payable.top_up.number.as_str().to_string());
        key(one).cmp(&key(other))
    });
    list.truncate(most);
    list
}

fn signs(entry: &StatementEntry, payable: &Payable, named: &[Number]) -> Vec<Sign> {
    let top_up = &payable.top_up;
    let declared = top_up.declared.as_ref();
    let real = payable.name.as_ref().is_some_and(|name| same_name(name, &entry.remitter));
    let checks = [
        (Sign::Reference, named.contains(&top_up.number)),
        (Sign::Amount, top_up.state.allows(Move::Credit) && entry.amount == top_up.rest()),
        (Sign::Name, real || declared.is_some_and(|told| same_name(&told.remitter, &entry.remitter))),
        (Sign::Account, payable.remembered),
        (Sign::Date, declared.is_some_and(|told| entry.booked_on.days_since(told.remitted_on).abs() <= 3)),
    ];
    checks.into_iter().filter_map(|(sign, holds)| holds.then_some(sign)).collect()
}
