//! What speaks for an entry of the statement being what a top-up waits for: the same on the entry's page as on the top-up's.

use crate::base::types::Number;
use crate::features::identity::same_name;
use crate::features::remittance::entries::StatementEntry;
use crate::features::remittance::model::Move;
use crate::features::remittance::top_ups::TopUp;

/// One thing that speaks for it. Words in `templates/remittance/words.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The entry's text names the top-up.
    Reference,
    /// The entry is what the top-up still gets.
    Amount,
    /// The remitter is who was declared, or whose real name was authenticated.
    Name,
    /// Money from this account went to the same customer before.
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

/// All that speaks for it, the weightiest first. `name` is the real name of the top-up's account while one stands; `remembered`
/// whether money from the entry's account went to that account before.
pub fn signs(entry: &StatementEntry, top_up: &TopUp, name: Option<&str>, remembered: bool) -> Vec<Sign> {
    let declared = top_up.declared.as_ref();
    let real = name.is_some_and(|name| same_name(name, &entry.remitter));
    let checks = [
        (Sign::Reference, Number::within('R', &entry.text).contains(&top_up.number)),
        (Sign::Amount, top_up.state.allows(Move::Credit) && entry.amount == top_up.rest()),
        (Sign::Name, real || declared.is_some_and(|told| same_name(&told.remitter, &entry.remitter))),
        (Sign::Account, remembered),
        (Sign::Date, declared.is_some_and(|told| entry.booked_on.days_since(told.remitted_on).abs() <= 3)),
    ];
    checks.into_iter().filter_map(|(sign, holds)| holds.then_some(sign)).collect()
}

/// How much they weigh together, 0 to 100.
pub fn score(signs: &[Sign]) -> u32 {
    signs.iter().map(|sign| sign.weight()).sum()
}

/// Whether the two may belong together at all: a day alone says nothing.
pub fn speaks(signs: &[Sign]) -> bool {
    signs.iter().any(|sign| *sign != Sign::Date)
}
