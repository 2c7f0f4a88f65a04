//! Splitting an entry over several top-ups: reading what was typed.

use serde::Deserialize;

use super::model::Planned;
use crate::base::types::{Money, Number};
use crate::features::remittance::fields;
use crate::web::forms::{Errors, FieldError};

/// What is typed: up to five references, each with an amount. What goes beyond what a top-up still gets goes to the balance
/// of its account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Split {
    /// A reference.
    pub reference_1: String,
    /// How much it gets.
    pub share_1: String,
    /// The second.
    pub reference_2: String,
    /// How much it gets.
    pub share_2: String,
    /// The third.
    pub reference_3: String,
    /// How much it gets.
    pub share_3: String,
    /// The fourth.
    pub reference_4: String,
    /// How much it gets.
    pub share_4: String,
    /// The fifth.
    pub reference_5: String,
    /// How much it gets.
    pub share_5: String,
    /// Why.
    pub note: String,
}

/// Names of the fields, in order.
pub const FIELDS: [(&str, &str); 5] = [
    ("reference_1", "share_1"),
    ("reference_2", "share_2"),
    ("reference_3", "share_3"),
    ("reference_4", "share_4"),
    ("reference_5", "share_5"),
];

impl Split {
    /// The lines, in order.
    pub fn lines(&self) -> [(&str, &str); 5] {
        [
            (self.reference_1.as_str(), self.share_1.as_str()),
            (self.reference_2.as_str(), self.share_2.as_str()),
            (self.reference_3.as_str(), self.share_3.as_str()),
            (self.reference_4.as_str(), self.share_4.as_str()),
            (self.reference_5.as_str(), self.share_5.as_str()),
        ]
    }

    /// The shares: at least one, each reference once, together the whole amount.
    pub fn read(&self, amount: Money, errors: &mut Errors) -> Vec<(Number, Money, &'static str)> {
        let mut shares: Vec<(Number, Money, &'static str)> = Vec::new();
        for ((reference, share), (reference_field, share_field)) in self.lines().into_iter().zip(FIELDS) {
            if reference.trim().is_empty() && share.trim().is_empty() {
                continue;
            }
            let number = Number::read('R', reference).or_else(|| Number::read('M', reference));
            let missing = if reference.trim().is_empty() { FieldError::Missing } else { FieldError::UnknownReference };
            let given = fields::amount(errors, share_field, share);
            match (number, given) {
                (None, _) => errors.add(reference_field, missing),
                (Some(number), _) if shares.iter().any(|(other, ..)| *other == number) => {
                    errors.add(reference_field, FieldError::ReferenceTwice);
                }
                (Some(number), Some(given)) => shares.push((number, given, reference_field)),
                (Some(_), None) => {}
            }
        }
        if !errors.is_empty() {
            return shares;
        }
        if shares.is_empty() {
            errors.add("reference_1", FieldError::Missing);
            return shares;
        }
        let sum = shares.iter().try_fold(Money::ZERO, |sum, (_, share, _)| sum.checked_add(*share));
        if sum != Some(amount) {
            let sum = sum.map_or_else(String::new, |sum| sum.to_string());
            errors.add("share_1", FieldError::SharesDiffer(sum, amount.to_string()));
        }
        shares
    }
}

/// What is planned by these shares: a top-up gets what it still gets, and what is more goes to the balance of its account.
pub fn planned(shares: &[(Number, Money, &'static str)], rest_of: impl Fn(&Number) -> Money) -> Vec<Planned> {
    let mut planned = Vec::new();
    for (number, amount, _) in shares {
        planned.extend(of_one(number, *amount, rest_of(number)));
    }
    planned
}

/// The plan for one top-up that still gets `rest`.
pub fn of_one(number: &Number, amount: Money, rest: Money) -> Vec<Planned> {
    let paid = rest.min(amount);
    let share = |amount: Money, balance| Planned { reference: number.as_str().to_string(), amount: amount.0, balance };
    [(paid, false), (Money(amount.0 - paid.0), true)]
        .into_iter()
        .filter(|(part, _)| part.is_positive())
        .map(|(part, balance)| share(part, balance))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[(&str, &str)], amount: i64) -> Result<Vec<i64>, Vec<String>> {
        let mut split = Split::default();
        let places = [
            (&mut split.reference_1, &mut split.share_1),
            (&mut split.reference_2, &mut split.share_2),
            (&mut split.reference_3, &mut split.share_3),
        ];
        for ((reference, share), (typed, given)) in places.into_iter().zip(lines) {
            *reference = (*typed).to_string();
            *share = (*given).to_string();
        }
        let mut errors = Errors::none();
        let shares = split.read(Money(amount), &mut errors);
        if errors.is_empty() {
            Ok(shares.iter().map(|(_, share, _)| share.0).collect())
        } else {
            Err(errors.iter().map(|(field, _)| field.to_string()).collect())
        }
    }

    #[test]
    fn shares_are_the_whole_entry_and_each_top_up_stands_once() {
        let (one, other) = (Number::random('R').as_str().to_string(), Number::random('R').to_string());
        assert_eq!(read(&[(&one, "60"), (&other, "40.00")], 10_000), Ok(vec![6_000, 4_000]));
        assert_eq!(read(&[("", ""), (&other, "100")], 10_000), Ok(vec![10_000]));
        assert_eq!(read(&[(&one, "60"), (&other, "41")], 10_000), Err(vec!["share_1".to_string()]));
        assert_eq!(read(&[(&one, "60"), (&one, "40")], 10_000), Err(vec!["reference_2".to_string()]));
        assert_eq!(read(&[(&one, "100"), ("", "0.01")], 10_000), Err(vec!["reference_2".to_string()]));
        assert_eq!(read(&[("nonsense", "100")], 10_000), Err(vec!["reference_1".to_string()]));
        assert_eq!(read(&[(&one, "-5")], 10_000), Err(vec!["share_1".to_string()]));
        assert_eq!(read(&[], 10_000), Err(vec!["reference_1".to_string()]));
    }

    #[test]
    fn what_a_top_up_does_not_get_goes_to_the_balance() {
        let number = Number::random('R');
        let parts = |amount, rest| {
            of_one(&number, Money(amount), Money(rest)).iter().map(|one| (one.amount, one.balance)).collect::<Vec<_>>()
        };
        assert_eq!(parts(100, 100), [(100, false)]);
        assert_eq!(parts(100, 60), [(60, false), (40, true)]);
        assert_eq!(parts(60, 100), [(60, false)]);
        assert_eq!(parts(60, 0), [(60, true)]);
    }
}
