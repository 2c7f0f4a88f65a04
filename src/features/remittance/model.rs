//! The states of a remittance and of what surrounds it, and the moves between them.

use crate::base::types::text_enum;

text_enum! {
    /// Where a remittance stands.
    pub enum RemittanceState {
        /// The reference is made; the transfer is not declared yet.
        Open = "open",
        /// The customer declared the transfer; finance looks for it on the bank's statement.
        Declared = "declared",
        /// The money is in the wallet.
        Credited = "credited",
        /// Finance could not accept the declaration and said why.
        Refused = "refused",
        /// The customer took it back.
        Withdrawn = "withdrawn",
    }
}

/// What can be done with a remittance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The customer declares the transfer, for the first time or anew.
    Declare,
    /// The customer takes it back.
    Withdraw,
    /// Finance confirms it against an entry of the statement.
    Credit,
    /// Finance refuses it, with a reason.
    Refuse,
}

impl RemittanceState {
    /// Where a move leads; `None` for a move that this state does not allow.
    ///
    /// A refused transfer may be declared anew under its reference: the money carries that reference already.
    pub const fn after(self, done: Move) -> Option<Self> {
        match (self, done) {
            (Self::Open | Self::Declared | Self::Refused, Move::Declare) => Some(Self::Declared),
            (Self::Open | Self::Declared, Move::Withdraw) => Some(Self::Withdrawn),
            (Self::Declared, Move::Credit) => Some(Self::Credited),
            (Self::Declared, Move::Refuse) => Some(Self::Refused),
            _ => None,
        }
    }

    /// The states from which a move is allowed, for conditional updates.
    pub fn before(done: Move) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.after(done).is_some()).collect()
    }

    /// Whether this move is allowed; for buttons.
    pub const fn allows(self, done: Move) -> bool {
        self.after(done).is_some()
    }
}

text_enum! {
    /// Where an entry of the statement stands.
    pub enum EntryState {
        /// It belongs to no remittance yet.
        Open = "open",
        /// It was credited to a remittance.
        Credited = "credited",
    }
}

text_enum! {
    /// Where one of our receiving accounts stands. Opening and closing take two members of finance.
    pub enum ReceivingState {
        /// One person typed it in.
        Proposed = "proposed",
        /// A second one opened it: customers see it.
        Open = "open",
        /// One person asks to close it.
        Closing = "closing",
        /// No new top-up names it.
        Closed = "closed",
    }
}

text_enum! {
    /// What kind of number the remitter gave.
    pub enum NumberKind {
        /// A bank card: 12 to 19 digits with a check digit.
        Card = "card",
        /// An account, as companies have: any bank's own form.
        Account = "account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_moves_are_allowed() {
        use Move::{Credit, Declare, Refuse, Withdraw};
        use RemittanceState::{Credited, Declared, Open, Refused, Withdrawn};
        let allowed = [
            (Open, Declare, Declared),
            (Open, Withdraw, Withdrawn),
            (Declared, Declare, Declared),
            (Declared, Withdraw, Withdrawn),
            (Declared, Credit, Credited),
            (Declared, Refuse, Refused),
            (Refused, Declare, Declared),
        ];
        for &state in RemittanceState::ALL {
            for done in [Declare, Withdraw, Credit, Refuse] {
                let expected = allowed.iter().find(|(from, by, _)| (*from, *by) == (state, done)).map(|(_, _, to)| *to);
                assert_eq!(state.after(done), expected, "{state} {done:?}");
                assert_eq!(state.allows(done), RemittanceState::before(done).contains(&state));
            }
        }
    }

    #[test]
    fn nothing_leaves_credited_or_withdrawn() {
        for done in [Move::Declare, Move::Withdraw, Move::Credit, Move::Refuse] {
            assert_eq!(RemittanceState::Credited.after(done), None);
            assert_eq!(RemittanceState::Withdrawn.after(done), None);
        }
    }
}
