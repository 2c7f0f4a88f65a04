//! Which entry of the statement belongs to a declaration: candidates, best first, with reasons.

use std::cmp::Reverse;

use crate::base::types::Number;
use crate::features::identity;
use crate::features::remittance::entries::StatementEntry;
use crate::features::remittance::evidence::{Sign, score, signs, speaks};
use crate::features::remittance::top_ups::TopUp;

/// An entry and what speaks for it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The entry.
    pub entry: StatementEntry,
    /// What speaks for it.
    pub signs: Vec<Sign>,
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
        self.strange_name || self.entry.hold.or(self.entry.set_aside_hold).is_some()
    }
}

/// What is known of a top-up's account.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Its real name, while one stands.
    pub name: Option<String>,
    /// The names of its approved payers.
    pub payers: Vec<String>,
    /// Waiting entries that come from an account from which money came for it before.
    pub remembered: Vec<Number>,
}

/// The best `most` entries for which anything speaks beside the date, of equal ones the oldest. They come newest first.
pub fn candidates(top_up: &TopUp, entries: Vec<StatementEntry>, known: &Known, most: usize) -> Vec<Candidate> {
    let mut list: Vec<Candidate> = entries
        .into_iter()
        .rev()
        .map(|entry| {
            let signs = signs(&entry, top_up, known.name.as_deref(), known.remembered.contains(&entry.number));
            let mut names = known.name.iter().chain(&known.payers);
            Candidate {
                score: score(&signs),
                amount_agrees: entry.amount == top_up.amount,
                strange_name: !names.any(|name| identity::same_name(name, &entry.remitter)),
                names_another: another(&entry.text, &top_up.number),
                signs,
                entry,
            }
        })
        .filter(|candidate| speaks(&candidate.signs))
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
            hold: None,
            set_aside_hold: None,
            reversal: false,
            side: crate::features::remittance::statements::Side::Credit,
            import: None,
            voided: None,
            paid: Vec::new(),
            explanation: None,
            brought: (None, None),
            hidden: false,
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
            &Known { name: Some("Li Ming".into()), ..Known::default() },
            10,
        );
        let order: Vec<&str> = list.iter().map(|one| one.entry.bank_serial.as_str()).collect();
        assert_eq!(order, ["2", "4", "1"]);
        assert_eq!(list[0].score, 90);
        assert_eq!(list[0].signs, [Sign::Reference, Sign::Amount, Sign::Name, Sign::Date]);
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
        let named: Vec<_> = candidates(&top_up, entries, &Known::default(), 10)
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
        let list = candidates(&top_up, vec![entry(1, 1, "x", &wide, "2026-01-01")], &Known::default(), 10);
        assert_eq!(list[0].signs, [Sign::Reference]);
    }
}
