//! The states of a remittance and the moves between them. Those of a statement entry stand in `entries`, those of a
//! receiving account in `receiving`.

use unicode_normalization::UnicodeNormalization;

use crate::base::types::text_enum;

text_enum! {
    /// Where a remittance stands.
    pub enum RemittanceState {
        /// The reference is made; the transfer is not declared yet.
        Open = "open",
        /// The customer declared the transfer; finance looks for it on the bank's statement.
        Declared = "declared",
        /// A part of the amount arrived and is reserved; the rest is payable under the same reference.
        Partial = "partial",
        /// The money is in the wallet.
        Credited = "credited",
        /// Finance could not accept the declaration and said why.
        Refused = "refused",
        /// The customer took it back.
        Withdrawn = "withdrawn",
    }
}

/// A move that a state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is {from} allows no {by}")]
pub struct IllegalMove {
    /// The state.
    pub from: &'static str,
    /// The move.
    pub by: &'static str,
}

/// What can be done with a remittance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The customer declares the transfer, for the first time or anew.
    Declare,
    /// The customer takes it back.
    Withdraw,
    /// All of the amount arrived: by the rules, or confirmed by finance against an entry of the statement.
    Credit,
    /// A part of the amount arrived.
    Receive,
    /// The customer is content with what has arrived.
    Settle,
    /// Finance refuses it, with a reason.
    Refuse,
    /// Two people undo a credit: a part of the money stays with it.
    LosePart,
    /// The same, and nothing stays; it had been declared.
    LoseAll,
    /// The same, and it had not been declared.
    Reopen,
}

impl RemittanceState {
    /// Where a move leads. The one place that knows which moves there are.
    ///
    /// A refused transfer may be declared anew under its reference: the money carries that reference already.
    pub const fn after(self, by: Move) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Open | Self::Declared | Self::Refused, Move::Declare)
            | (Self::Credited | Self::Partial, Move::LoseAll) => Ok(Self::Declared),
            (Self::Open | Self::Declared, Move::Withdraw) => Ok(Self::Withdrawn),
            (Self::Open | Self::Declared | Self::Partial, Move::Credit) | (Self::Partial, Move::Settle) => {
                Ok(Self::Credited)
            }
            (Self::Open | Self::Declared | Self::Partial, Move::Receive)
            | (Self::Credited | Self::Partial, Move::LosePart) => Ok(Self::Partial),
            (Self::Credited | Self::Partial, Move::Reopen) => Ok(Self::Open),
            (Self::Declared, Move::Refuse) => Ok(Self::Refused),
            _ => Err(IllegalMove { from: self.as_str(), by: by.word() }),
        }
    }

    /// The states from which a move is allowed, for conditional updates.
    pub fn before(by: Move) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.allows(by)).collect()
    }

    /// Whether this move is allowed; for buttons.
    pub const fn allows(self, by: Move) -> bool {
        self.after(by).is_ok()
    }
}

impl Move {
    const fn word(self) -> &'static str {
        match self {
            Self::Declare => "declaring",
            Self::Withdraw => "taking back",
            Self::Credit => "crediting",
            Self::Receive => "receiving a part",
            Self::Settle => "settling",
            Self::Refuse => "refusing",
            Self::LosePart | Self::LoseAll | Self::Reopen => "undoing",
        }
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

/// Letters and digits alone, in capitals, as names and serial numbers are compared: banks and keyboards add spaces, hyphens,
/// full-width forms and signs that nobody sees.
pub(super) fn signs(text: &str) -> String {
    text.nfkc().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_moves_are_allowed() {
        use Move::{Credit, Declare, LoseAll, LosePart, Receive, Refuse, Reopen, Settle, Withdraw};
        use RemittanceState::{Credited, Declared, Open, Partial, Refused, Withdrawn};
        let allowed = [
            (Open, Declare, Declared),
            (Open, Withdraw, Withdrawn),
            (Declared, Declare, Declared),
            (Declared, Withdraw, Withdrawn),
            (Open, Credit, Credited),
            (Declared, Credit, Credited),
            (Partial, Credit, Credited),
            (Open, Receive, Partial),
            (Declared, Receive, Partial),
            (Partial, Receive, Partial),
            (Partial, Settle, Credited),
            (Credited, LosePart, Partial),
            (Partial, LosePart, Partial),
            (Credited, LoseAll, Declared),
            (Partial, LoseAll, Declared),
            (Credited, Reopen, Open),
            (Partial, Reopen, Open),
            (Declared, Refuse, Refused),
            (Refused, Declare, Declared),
        ];
        for &state in RemittanceState::ALL {
            for done in [Declare, Withdraw, Credit, Receive, Settle, Refuse, LosePart, LoseAll, Reopen] {
                let expected = allowed.iter().find(|(from, by, _)| (*from, *by) == (state, done)).map(|(_, _, to)| *to);
                assert_eq!(state.after(done).ok(), expected, "{state} {done:?}");
                assert_eq!(state.allows(done), RemittanceState::before(done).contains(&state));
            }
        }
    }

    #[test]
    fn only_an_undoing_leaves_credited_and_nothing_leaves_withdrawn() {
        for done in [Move::Declare, Move::Withdraw, Move::Credit, Move::Receive, Move::Settle, Move::Refuse] {
            assert!(RemittanceState::Credited.after(done).is_err());
            assert!(RemittanceState::Withdrawn.after(done).is_err());
        }
    }
}
