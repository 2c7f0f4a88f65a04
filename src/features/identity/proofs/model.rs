//! What a proof is, its states, and what a remittance is held to.

use std::time::Duration;

use crate::base::types::{Day, Money, Number, text_enum};
use crate::features::identity::cases::IdentityKind;

/// How long the amount that a company was shown counts, by the day on which the bank booked it.
pub(super) const LIFE: Duration = Duration::from_secs(14 * 86_400);
/// In which time an account asks for at most [`ASKS`] amounts: with more, one of them would be hit by chance.
pub(super) const ASKS_IN: Duration = Duration::from_secs(30 * 86_400);
/// See [`ASKS_IN`].
pub(super) const ASKS: i64 = 3;

text_enum! {
    /// By what a remittance proves whose account it is.
    pub enum ProofKind {
        /// By the remitter's name alone: a person's.
        Name = "name",
        /// By the name and a small random amount that only the account was shown: a company's.
        Amount = "amount",
    }
}

impl ProofKind {
    /// What is asked of whom.
    pub const fn of(kind: IdentityKind) -> Self {
        match kind {
            IdentityKind::Personal => Self::Name,
            IdentityKind::Corporate => Self::Amount,
        }
    }
}

text_enum! {
    /// Where a proof stands.
    pub enum ProofState {
        /// The amount was shown; a remittance of it is waited for.
        Asked = "asked",
        /// A reviewer recorded it.
        Recorded = "recorded",
        /// Another amount took its place, or the result ended before it came.
        Void = "void",
        /// The result that it proved ended.
        Fallen = "fallen",
    }
}

/// What may become of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProofMove {
    /// A reviewer records it.
    Record,
    /// Another amount is asked for.
    Renew,
    /// The result ends.
    EndResult,
}

impl ProofState {
    /// Where a move leads from here: the only place that says so. Nothing when it leads nowhere.
    pub(super) const fn after(self, by: ProofMove) -> Option<Self> {
        match (self, by) {
            (Self::Asked, ProofMove::Record) => Some(Self::Recorded),
            (Self::Asked, ProofMove::Renew | ProofMove::EndResult) => Some(Self::Void),
            (Self::Recorded, ProofMove::EndResult) => Some(Self::Fallen),
            _ => None,
        }
    }
}

/// A remittance that finance confirmed: what arrived, by the bank's statement.
#[derive(Debug, Clone)]
pub struct Paid {
    /// The account that it was credited to.
    pub account_id: i64,
    /// Who opened the top-up.
    pub opened_by_id: i64,
    /// Its reference.
    pub number: Number,
    /// How much arrived.
    pub amount: Money,
    /// The remitter's name on the statement.
    pub remitter: String,
    /// The day on which the bank booked it.
    pub booked_on: Day,
}

/// What a remittance comes to as a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it has to prove.
    pub kind: ProofKind,
    /// The verified name, masked.
    pub masked_name: String,
    /// Whether the remitter's name is the verified one.
    pub name: bool,
    /// Whether exactly the amount arrived that was shown; true where none was.
    pub amount: bool,
    /// Whether it was booked while the amount counted; true where none was shown.
    pub time: bool,
}

impl Found {
    /// Whether it proves what it has to.
    pub const fn holds(&self) -> bool {
        self.name && self.amount && self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_moves_lead_on() {
        use ProofMove::{EndResult, Record, Renew};
        use ProofState::{Asked, Fallen, Recorded, Void};
        let allowed =
            [(Asked, Record, Recorded), (Asked, Renew, Void), (Asked, EndResult, Void), (Recorded, EndResult, Fallen)];
        for &state in ProofState::ALL {
            for by in [Record, Renew, EndResult] {
                let expected = allowed.iter().find(|(from, own, _)| (*from, *own) == (state, by)).map(|(_, _, to)| *to);
                assert_eq!(state.after(by), expected, "{state} {by:?}");
            }
        }
    }
}
