//! Where an attempt stands, and what may become of it.

use crate::base::types::text_enum;

text_enum! {
    /// Where an attempt stands.
    pub enum AttemptState {
        /// It has to be sent, for the first time or again.
        Due = "due",
        /// The provider has it and answers later.
        Pending = "pending",
        /// It came to something.
        Settled = "settled",
        /// Nobody needs an answer any more.
        Ended = "ended",
    }
}

text_enum! {
    /// What an attempt came to.
    pub enum Outcome {
        /// Name and number belong together.
        Verified = "verified",
        /// They do not.
        Rejected = "rejected",
        /// The provider cannot tell.
        Unknown = "unknown",
        /// It said nothing that counts.
        Silent = "silent",
    }
}

/// What may become of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttemptMove {
    /// It is sent again later.
    Again,
    /// The provider has it and answers later.
    Wait,
    /// It comes to something.
    Settle,
    /// Nobody needs an answer any more.
    End,
}

impl AttemptState {
    /// Where a move leads from here: the only place that says so. Nothing when it leads nowhere.
    pub(super) const fn after(self, by: AttemptMove) -> Option<Self> {
        match (self, by) {
            (Self::Due, AttemptMove::Again) => Some(Self::Due),
            (Self::Due, AttemptMove::Wait) => Some(Self::Pending),
            (Self::Due | Self::Pending, AttemptMove::Settle) => Some(Self::Settled),
            (Self::Due | Self::Pending, AttemptMove::End) => Some(Self::Ended),
            _ => None,
        }
    }

    /// Whether an answer is still waited for.
    pub(super) const fn is_open(self) -> bool {
        self.after(AttemptMove::Settle).is_some()
    }

    /// All states in which an answer is waited for.
    pub(super) fn open() -> Vec<Self> {
        Self::ALL.iter().copied().filter(|state| state.is_open()).collect()
    }
}

/// A move as a statement makes it: from any of these states to that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub from: Vec<AttemptState>,
    pub to: AttemptState,
}

impl Turn {
    /// The move wherever it leads on.
    pub fn of(by: AttemptMove) -> Self {
        let leads = |state: &AttemptState| Some((*state, state.after(by)?));
        let pairs: Vec<_> = AttemptState::ALL.iter().filter_map(leads).collect();
        // Every move leads to one state, whatever it comes from: the test below holds it to that.
        let to = pairs.first().map_or(AttemptState::Ended, |(_, to)| *to);
        Self { from: pairs.into_iter().map(|(from, _)| from).collect(), to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVES: [AttemptMove; 4] = [AttemptMove::Again, AttemptMove::Wait, AttemptMove::Settle, AttemptMove::End];

    #[test]
    fn the_first_word_counts_and_nothing_after_it() {
        for by in MOVES {
            assert!(AttemptState::Settled.after(by).is_none() && AttemptState::Ended.after(by).is_none(), "{by:?}");
        }
        assert!(AttemptState::Pending.after(AttemptMove::Again).is_none(), "what the provider has is not sent again");
        assert_eq!(AttemptState::open(), [AttemptState::Due, AttemptState::Pending]);
    }

    #[test]
    fn a_turn_leads_where_its_move_does_from_every_state() {
        for by in MOVES {
            let turn = Turn::of(by);
            assert!(!turn.from.is_empty(), "{by:?}");
            for &state in AttemptState::ALL {
                let expected = turn.from.contains(&state).then_some(turn.to);
                assert_eq!(state.after(by), expected, "{state} {by:?}");
            }
        }
    }
}
