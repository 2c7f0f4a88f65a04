//! Decisions about an entry.

use serde::{Deserialize, Serialize};

use crate::base::types::{Money, Number, text_enum};
use crate::features::remittance::entries::EntryMove;
use crate::features::remittance::model::IllegalMove;

text_enum! {
    /// What is decided about an entry.
    pub enum DecisionKind {
        /// It is credited.
        Credit = "credit",
        /// It is set aside in suspense.
        Park = "park",
        /// It goes back to who sent it.
        SendBack = "send_back",
        /// It does not go back after all.
        Keep = "keep",
        /// Its credit is undone.
        Undo = "undo",
        /// Money that went out was a charge of the bank.
        Charge = "charge",
        /// Money that went out is what was to be sent back.
        Sent = "sent",
    }
}

impl DecisionKind {
    /// The move of an entry that came in; none of one that went out.
    pub const fn entry_move(self) -> Option<EntryMove> {
        match self {
            Self::Credit => Some(EntryMove::Credit),
            Self::Park => Some(EntryMove::Park),
            Self::SendBack => Some(EntryMove::Return),
            Self::Keep => Some(EntryMove::Keep),
            Self::Undo => Some(EntryMove::Undo),
            Self::Charge | Self::Sent => None,
        }
    }

    /// What it is called in a list.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Credit => "Credit",
            Self::Park => "Set aside",
            Self::SendBack => "Send back",
            Self::Keep => "Do not send back",
            Self::Undo => "Undo the credit",
            Self::Charge => "Bank charge",
            Self::Sent => "Sends an entry back",
        }
    }

    /// What its page asks.
    pub const fn question(self) -> &'static str {
        match self {
            Self::Credit | Self::Sent => "",
            Self::Park => "Set this entry aside?",
            Self::SendBack => "Send this money back?",
            Self::Keep => "Keep this money after all?",
            Self::Undo => "Undo this credit?",
            Self::Charge => "Is this a charge of the bank?",
        }
    }

    /// What its button says.
    pub const fn button(self) -> &'static str {
        match self {
            Self::Credit | Self::Sent => "",
            Self::Park => "Set it aside",
            Self::SendBack => "Propose to send it back",
            Self::Keep => "Propose to keep it",
            Self::Undo => "Propose to undo it",
            Self::Charge => "It is a charge",
        }
    }

    /// Whether it always takes a second person: money leaves, was somebody's, or may have left already.
    pub const fn always_two(self) -> bool {
        matches!(self, Self::SendBack | Self::Keep | Self::Undo)
    }

    /// Whether one person may always do it: no money changes hands.
    pub const fn always_one(self) -> bool {
        matches!(self, Self::Park)
    }
}

text_enum! {
    /// Where a decision stands.
    pub enum DecisionState {
        /// A second person has to agree.
        Proposed = "proposed",
        /// It was carried out.
        Done = "done",
        /// A second person refused it, or who proposed it took it back.
        Refused = "refused",
    }
}

/// What a second person does with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionMove {
    /// It is carried out.
    Agree,
    /// It is not.
    Refuse,
}

impl DecisionState {
    /// Where it stands, in a word.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Proposed => "Waits for a second person",
            Self::Done => "Done",
            Self::Refused => "Refused or taken back",
        }
    }

    /// The kind of its knot in a thread.
    pub const fn knot(self) -> &'static str {
        match self {
            Self::Proposed => "wait",
            Self::Done => "good",
            Self::Refused => "plain",
        }
    }

    /// Where a move leads. The one place that knows which moves there are.
    pub const fn after(self, by: DecisionMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Proposed, DecisionMove::Agree) => Ok(Self::Done),
            (Self::Proposed, DecisionMove::Refuse) => Ok(Self::Refused),
            (_, DecisionMove::Agree) => Err(IllegalMove { from: self.as_str(), by: "agreeing" }),
            (_, DecisionMove::Refuse) => Err(IllegalMove { from: self.as_str(), by: "refusing" }),
        }
    }
}

/// A share of an entry as somebody planned it. Of a decision that sends back: the entry that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The reference of a top-up, or the permanent one of an account.
    pub reference: String,
    /// Minor units.
    pub amount: i64,
    /// Whether it goes to the balance of the top-up's account instead of paying the top-up.
    #[serde(default)]
    pub balance: bool,
}

impl Planned {
    /// The reference, read.
    pub fn number(&self) -> Option<Number> {
        Number::parse('R', &self.reference).or_else(|| Number::parse('M', &self.reference))
    }

    /// The reference in fours.
    pub fn shown(&self) -> String {
        let number = self.number().or_else(|| Number::parse('E', &self.reference));
        number.map_or_else(|| self.reference.clone(), |number| number.to_string())
    }

    /// How much.
    pub fn amount(&self) -> Money {
        Money(self.amount)
    }
}

/// Entries in a queue are counted up to here: where there are more, that is all that is said.
pub const COUNTED: i64 = 1_000;

/// Where an entry stands among those that need a person, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its place, from one on; none behind all that are counted.
    pub nth: Option<i64>,
    /// How many there are; none when they are more than are counted.
    pub of: Option<i64>,
}

impl Place {
    /// Of an entry before which so many came, of so many in all: exact as far as [`COUNTED`].
    pub fn of(before: usize, all: usize) -> Self {
        let counted = |number: usize| i64::try_from(number).ok().filter(|number| *number <= COUNTED);
        Self { nth: counted(before + 1), of: counted(all) }
    }

    /// In words.
    pub fn words(self) -> String {
        let grouped = |number: i64| match (number / 1_000, number % 1_000) {
            (0, ones) => ones.to_string(),
            (thousands, ones) => format!("{thousands},{ones:03}"),
        };
        let of = self.of.map_or_else(|| format!("more than {}", grouped(COUNTED)), grouped);
        let nth = self.nth.map_or_else(|| "one".to_string(), |nth| format!("entry {}", grouped(nth)));
        format!("{nth} of {of} that need a person")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_agreed_to_or_refused_once() {
        use DecisionMove::{Agree, Refuse};
        assert_eq!(DecisionState::Proposed.after(Agree), Ok(DecisionState::Done));
        assert_eq!(DecisionState::Proposed.after(Refuse), Ok(DecisionState::Refused));
        for state in [DecisionState::Done, DecisionState::Refused] {
            assert!(state.after(Agree).is_err() && state.after(Refuse).is_err());
        }
    }
    #[test]
    fn a_place_is_told_as_far_as_it_was_counted() {
        let words = |before, all| Place::of(before, all).words();
        assert_eq!(words(0, 1), "entry 1 of 1 that need a person");
        assert_eq!(words(999, 1_000), "entry 1,000 of 1,000 that need a person");
        assert_eq!(words(3, 1_001), "entry 4 of more than 1,000 that need a person");
        assert_eq!(words(1_000, 1_001), "one of more than 1,000 that need a person");
    }
}
