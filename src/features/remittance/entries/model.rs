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
    }
}

/// What can be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryMove {
    /// A second person credits it to a declared remittance.
    Credit,
}

impl EntryState {
    /// Where a move leads. The one place that knows which moves there are.
    pub const fn after(self, by: EntryMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Open, EntryMove::Credit) => Ok(Self::Credited),
            (Self::Credited, EntryMove::Credit) => Err(IllegalMove { from: self.as_str(), by: "crediting" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_credited_once() {
        assert_eq!(EntryState::Open.after(EntryMove::Credit), Ok(EntryState::Credited));
        let refused = EntryState::Credited.after(EntryMove::Credit).unwrap_err();
        assert_eq!(refused.to_string(), "what is credited allows no crediting");
    }
}
