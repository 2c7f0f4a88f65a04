//! The states of a statement entry and the moves between them.

use crate::base::types::text_enum;
use crate::features::remittance::model::IllegalMove;

text_enum! {
    /// Where an entry of the statement stands.
    pub enum EntryState {
        /// It was imported; the rules have not looked at it yet.
        New = "new",
        /// A person has to say where it belongs.
        Open = "open",
        /// Its reference is known, but a person has to look at it first.
        Held = "held",
        /// A person set it aside: nobody knows yet whose it is.
        Parked = "parked",
        /// All of it was credited.
        Credited = "credited",
        /// Two people decided that it goes back to whoever sent it; the bank has not sent it yet.
        Returning = "returning",
        /// It went back.
        Returned = "returned",
        /// It was typed in wrongly and counts no more.
        Voided = "voided",
        /// Money that left the account.
        Outgoing = "outgoing",
    }
}

text_enum! {
    /// Why a person has to look at an entry whose reference is known.
    pub enum Hold {
        /// The remitter is not whose real name was authenticated (D7).
        ThirdParty = "third_party",
        /// It carries the permanent reference and comes in the name of nobody who may pay in by it.
        NotApproved = "not_approved",
        /// The bank does not name the remitter.
        NoName = "no_name",
        /// The same amount with the same reference stands on that day in another file, or was typed in.
        Twin = "twin",
        /// The amount is as large as the rule against money laundering says.
        Threshold = "threshold",
        /// Many small amounts within days come to as much.
        Structuring = "structuring",
        /// A large amount for an account that was opened a few days ago.
        NewAccount = "new_account",
        /// The account's real name is not authenticated, or not any more.
        NoRealName = "no_real_name",
        /// It was typed in and credited, or an earlier file brought it, and the bank's file names another remitter or another reference.
        OtherName = "other_name",
    }
}

impl Hold {
    /// Whether rules against money laundering want it (D7): then there is a case.
    pub const fn is_for_aml(self) -> bool {
        matches!(
            self,
            Self::ThirdParty
                | Self::NotApproved
                | Self::Threshold
                | Self::Structuring
                | Self::NewAccount
                | Self::OtherName
        )
    }
}

/// What can be done with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryMove {
    /// The rules, or a second person, credit it.
    Credit,
    /// The rules do not know whose it is.
    Ask,
    /// The rules know whose it is, and want a person to look at it.
    Hold,
    /// One person says that it was typed in wrongly, and why.
    Void,
    /// A person sets it aside.
    Park,
    /// It is to go back to whoever sent it.
    Return,
    /// It does not go back after all.
    Keep,
    /// The bank sent it back.
    Send,
    /// Two people undo its crediting.
    Undo,
    /// The file of the bank brings what was typed in.
    Meet,
    /// What it was held for alone is no more: the rules look at it once more.
    LookAgain,
}

impl EntryState {
    /// Where a move leads. The one place that knows which moves there are: what was voided or went back stays so.
    pub const fn after(self, by: EntryMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::New | Self::Open | Self::Held | Self::Parked, EntryMove::Credit) => Ok(Self::Credited),
            (Self::New, EntryMove::Ask) | (Self::Credited, EntryMove::Undo) | (Self::Returning, EntryMove::Keep) => {
                Ok(Self::Open)
            }
            (Self::Open | Self::Held, EntryMove::Park) => Ok(Self::Parked),
            (Self::Open | Self::Held | Self::Parked, EntryMove::Return) => Ok(Self::Returning),
            (Self::Returning, EntryMove::Send) => Ok(Self::Returned),
            (Self::New, EntryMove::Hold) => Ok(Self::Held),
            (Self::Open, EntryMove::Void) => Ok(Self::Voided),
            (Self::Held | Self::Parked, EntryMove::LookAgain) | (Self::Open, EntryMove::Meet) => Ok(Self::New),
            _ => Err(IllegalMove { from: self.as_str(), by: by.word() }),
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
            Self::Ask => "asking",
            Self::Hold => "holding",
            Self::Void => "voiding",
            Self::Park => "setting aside",
            Self::Return => "sending back",
            Self::Keep => "keeping",
            Self::Send => "sending",
            Self::Undo => "undoing",
            Self::Meet => "meeting",
            Self::LookAgain => "looking again",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_moves_are_allowed() {
        use EntryMove::{Ask, Credit, Hold, Keep, LookAgain, Meet, Park, Return, Send, Undo, Void};
        use EntryState::{Credited, Held, New, Open, Parked, Returned, Returning, Voided};
        let allowed = [
            (New, Credit, Credited),
            (New, Ask, Open),
            (New, Hold, Held),
            (Open, Credit, Credited),
            (Open, Void, Voided),
            (Open, Park, Parked),
            (Open, Return, Returning),
            (Open, Meet, New),
            (Held, Credit, Credited),
            (Held, Park, Parked),
            (Held, Return, Returning),
            (Held, LookAgain, New),
            (Parked, Credit, Credited),
            (Parked, Return, Returning),
            (Parked, LookAgain, New),
            (Credited, Undo, Open),
            (Returning, Keep, Open),
            (Returning, Send, Returned),
        ];
        for &state in EntryState::ALL {
            for by in [Ask, Credit, Hold, Keep, LookAgain, Meet, Park, Return, Send, Undo, Void] {
                let expected =
                    allowed.iter().find(|(from, done, _)| (*from, *done) == (state, by)).map(|(_, _, to)| *to);
                assert_eq!(state.after(by).ok(), expected, "{state} {by:?}");
            }
        }
        let refused = Voided.after(Credit).unwrap_err();
        assert_eq!(refused.to_string(), "what is voided allows no crediting");
        assert!(Returned.after(Undo).is_err());
    }
}
