//! Which entry of the statement belongs to a declaration: candidates, best first, with reasons.

use std::cmp::Reverse;

use crate::base::types::Number;
use crate::features::identity;
use crate::features::remittance::entries::StatementEntry;
use crate::features::remittance::model::signs;
use crate::features::remittance::top_ups::TopUp;

/// Why an entry may be the one. Words in `templates/remittance/reason.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The reference stands in the text of the remittance.
    Reference,
    /// The same amount.
    Amount,
    /// The same remitter.
    Name,
    /// Booked within three days of the declared date.
    Date,
}

impl Reason {
    const fn weight(self) -> u32 {
        match self {
            Self::Reference => 50,
            Self::Amount => 30,
            Self::Name => 15,
            Self::Date => 5,
        }
    }
}

/// An entry and what speaks for it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The entry.
    pub entry: StatementEntry,
    /// What speaks for it.
    pub reasons: Vec<Reason>,
    /// 0 to 100.
    pub score: u32,
    /// Whether the amounts agree: only then it can be credited.
    pub amount_agrees: bool,
    /// Whether the remitter is neither whose real name was authenticated nor an approved payer.
    pub strange_name: bool,
    /// Another top-up's reference, when the text carries one and not this top-up's own.
    pub names_another: Option<Number>,
}

impl Candidate {
    /// Whether crediting it takes a word why, which is said on the entry's own page.
    pub fn looks_first(&self) -> bool {
        self.strange_name || self.entry.hold.is_some()
    }
}

/// The names in which money for the account may come are `names`. The best `most` entries for which anything speaks beside the date, of equal ones the oldest. They come newest first.
pub fn candidates(top_up: &TopUp, entries: Vec<StatementEntry>, names: &[String], most: usize) -> Vec<Candidate> {
    let mut list: Vec<Candidate> = entries
        .into_iter()
        .rev()
        .map(|entry| {
            let reasons = reasons(top_up, &entry);
            Candidate {
                score: reasons.iter().map(|reason| reason.weight()).sum(),
                amount_agrees: entry.amount == top_up.amount,
                strange_name: !names.iter().any(|name| identity::same_name(name, &entry.remitter)),
                names_another: another(&entry.text, &top_up.number),
                reasons,
                entry,
            }
        })
        .filter(|candidate| candidate.reasons.iter().any(|reason| *reason != Reason::Date))
        .collect();
    list.sort_by_key(|candidate| (Reverse(candidate.score), candidate.names_another.is_some()));
    list.truncate(most);
    list
}

/// The reference of another top-up in a text that does not carry this one's: the money is probably not meant for it.
pub fn another(text: &str, own: &Number) -> Option<Number> {
    let named = Number::within('R', text);
    if named.contains(own) { None } else { named.into_iter().next() }
}

fn reasons(top_up: &TopUp, entry: &StatementEntry) -> Vec<Reason> {
    let declared = top_up.declared.as_ref();
    let checks = [
        (Reason::Reference, signs(&entry.text).contains(top_up.number.as_str())),
        (Reason::Amount, entry.amount == top_up.amount),
        (Reason::Name, declared.is_some_and(|told| same_name(&told.remitter, &entry.remitter))),
        (Reason::Date, declared.is_some_and(|told| entry.booked_on.days_since(told.remitted_on).abs() <= 3)),
    ];
    checks.into_iter().filter_map(|(reason, holds)| holds.then_some(reason)).collect()
}

fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (signs(one), signs(other));
    !one.is_empty() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::types::{Day, Moment, Money};
    use crate::features::remittance::entries::EntryState;
    use crate::features::remittance::model::{NumberKind, RemittanceState};
    use crate::features::remittance::receiving::{Receiving, ReceivingState};
    use crate::features::remittance::top_ups::Declared;

    fn top_up() -> TopUp {
        let receiving = Receiving {
            id: 1,
            number: Number::random('B'),
            state: ReceivingState::Open,
            bank_name: "Bank".into(),
            holder: "Easy Link".into(),
            account_number: "1".into(),
            account_key: String::new(),
            currency: "CNY".into(),
            instructions: String::new(),
            range: crate::features::remittance::receiving::Range::default(),
            for_account_id: None,
        };
        let declared = Declared {
            remitter: "Li  Ming".into(),
            bank: "ICBC".into(),
            kind: NumberKind::Card,
            tail: "1111".into(),
            remitted_on: Day::parse("2026-11-23").unwrap(),
            at: Moment(0),
            slip: None,
        };
        TopUp {
            id: 1,
            account_id: 1,
            number: Number::random('R'),
            state: RemittanceState::Declared,
            amount: Money(125_000),
            received: Money::ZERO,
            refusal: None,
            claimed: false,
            receiving,
            declared: Some(declared),
        }
    }

    fn entry(serial: i64, amount: i64, remitter: &str, text: &str, day: &str) -> StatementEntry {
        StatementEntry {
            number: Number::random('E'),
            state: EntryState::Open,
            amount: Money(amount),
            booked_on: Day::parse(day).unwrap(),
            remitter: remitter.into(),
            tail: None,
            text: text.into(),
            bank_serial: serial.to_string(),
            entered_by: Some("a@b.example".into()),
            own: false,
            bank_name: "Bank".into(),
            remittance: None,
            balance_of: None,
            hold: None,
            reversal: false,
            side: crate::features::remittance::statements::Side::Credit,
            import: None,
            voided: None,
        }
    }

    #[test]
    fn the_best_stands_first_with_its_reasons() {
        let top_up = top_up();
        let text = format!("top up {}", top_up.number.to_string().to_lowercase());
        let list = candidates(
            &top_up,
            vec![
                entry(1, 125_000, "Wang Fang", "rent", "2026-11-01"),
                entry(2, 125_000, "LI MING", &text, "2026-11-24"),
                entry(3, 1, "Somebody", "nothing", "2026-11-23"),
                entry(4, 5, "Somebody", &text, "2026-10-01"),
            ],
            &["Li Ming".to_string()],
            10,
        );
        let order: Vec<&str> = list.iter().map(|one| one.entry.bank_serial.as_str()).collect();
        assert_eq!(order, ["2", "4", "1"]);
        assert_eq!(list[0].score, 100);
        assert_eq!(list[0].reasons, [Reason::Reference, Reason::Amount, Reason::Name, Reason::Date]);
        assert!(!list[1].amount_agrees);
        let strange: Vec<bool> = list.iter().map(|one| one.strange_name).collect();
        assert_eq!(strange, [false, true, true]);
    }

    #[test]
    fn the_reference_of_another_top_up_is_named() {
        let (top_up, other) = (top_up(), Number::random('R'));
        let text = format!("top up {}", other.to_string().to_lowercase());
        let both = format!("{text} and {}", top_up.number);
        let entries = vec![
            entry(1, 125_000, "Li Ming", &text, "2026-11-23"),
            entry(2, 125_000, "Li Ming", &both, "2026-11-23"),
            entry(3, 125_000, "Li Ming", "RENT7KM3X9Q2", "2026-11-23"),
        ];
        let named: Vec<_> = candidates(&top_up, entries, &[], 10)
            .into_iter()
            .map(|one| (one.entry.bank_serial, one.names_another))
            .collect();
        assert_eq!(named, [("2".into(), None), ("3".into(), None), ("1".into(), Some(other))]);
    }

    #[test]
    fn a_reference_in_full_width_is_found() {
        let top_up = top_up();
        let wide: String =
            top_up.number.as_str().chars().filter_map(|sign| char::from_u32(u32::from(sign) + 0xFEE0)).collect();
        let list = candidates(&top_up, vec![entry(1, 1, "x", &wide, "2026-01-01")], &[], 10);
        assert_eq!(list[0].reasons, [Reason::Reference]);
    }
}
