//! The states of a statement entry and the moves between them.

use crate::base::types::text_enum;
use crate::features::remittance::model::IllegalMove;

text_enum! {
    /// Where an entry of the statement stands.
    pub enum EntryState {
        /// It belongs to no remittance yet.
        Open = "open",
        /// It was credited to a remittance.
        Credited = "credited",
        /// It was typed in wrongly and counts no more.
        Voided = "voided",
    }
}

/// What can be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryMove {
    /// A second person credits it to a declared remittance.
    Credit,
    /// One person says that it was typed in wrongly, and why.
    Void,
}

impl EntryState {
    /// Where a move leads. The one place that knows which moves there are: what was credited or voided stays so.
    pub const fn after(self, by: EntryMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Open, EntryMove::Credit) => Ok(Self::Credited),
            (Self::Open, EntryMove::Void) => Ok(Self::Voided),
            (Self::Credited | Self::Voided, by) => Err(IllegalMove { from: self.as_str(), by: by.word() }),
        }
    }

    /// Whether this move is allowed; for buttons.
    pub const fn allows(self, by: EntryMove) -> bool {
        self.after(by).is_ok()
    }
}

impl EntryMove {
    const fn word(self) -> &'static str {
        match self {
            Self::Credit => "crediting",
            Self::Void => "voiding",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_entry_is_credited_or_voided_and_stays_so() {
        assert_eq!(EntryState::Open.after(EntryMove::Credit), Ok(EntryState::Credited));
        assert_eq!(EntryState::Open.after(EntryMove::Void), Ok(EntryState::Voided));
        for state in [EntryState::Credited, EntryState::Voided] {
            for by in [EntryMove::Credit, EntryMove::Void] {
                assert!(!state.allows(by), "{state} {by:?}");
            }
        }
        let refused = EntryState::Voided.after(EntryMove::Credit).unwrap_err();
        assert_eq!(refused.to_string(), "what is voided allows no crediting");
    }
}
