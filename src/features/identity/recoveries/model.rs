//! What a recovery is, and how it goes.

use std::time::Duration;

use crate::base::types::{Moment, Number, text_enum};
use crate::services::records::Event;

/// How long a confirmed recovery waits while everybody is told (RC3).
pub(super) const WAIT: Duration = Duration::from_secs(72 * 3600);
/// How long before the end of it everybody is told once more.
pub(super) const REMINDER: Duration = Duration::from_secs(24 * 3600);
/// Within what time reviewers decide; after it the pictures are not kept any longer.
pub(super) const DECISION: Duration = Duration::from_secs(14 * 86_400);
/// How long one whose pictures never came is kept.
pub(super) const DRAFT: Duration = Duration::from_secs(3600);
/// How long a settled one stays in its table; the operation records tell of it after.
pub(super) const KEPT: Duration = Duration::from_secs(90 * 86_400);
/// How many a person may ask for within [`COUNTED`], from one network.
pub(super) const MOST_HERE: i64 = 3;
/// The same from all networks: whoever knows the first factor of somebody else uses their own up first.
pub(super) const MOST: i64 = 10;
/// In what time they are counted.
pub(super) const COUNTED: Duration = Duration::from_secs(30 * 86_400);

text_enum! {
    /// Where a recovery stands.
    pub enum RecoveryState {
        /// The number was typed; the pictures are not there yet.
        Draft = "draft",
        /// It waits for the first reviewer.
        Asked = "asked",
        /// One reviewer confirmed who it is; another one has to.
        Confirmed = "confirmed",
        /// Two did, and everybody is told.
        Waiting = "waiting",
        /// The second factor was taken away.
        Done = "done",
        /// A reviewer was not convinced.
        Rejected = "rejected",
        /// It was stopped, the factor turned up again, the sign-in was locked, or the name was withdrawn.
        Cancelled = "cancelled",
        /// Nobody decided it in time.
        Expired = "expired",
    }
}

text_enum! {
    /// What becomes of it.
    pub enum RecoveryMove {
        /// Everything is handed in.
        Submit = "submit",
        /// The first reviewer is convinced.
        Confirm = "confirm",
        /// The second one is, too.
        Second = "second",
        /// A reviewer is not.
        Reject = "reject",
        /// Its person, or the factor itself, says no.
        Cancel = "cancel",
        /// Its time to be decided ended.
        Expire = "expire",
        /// The wait is over.
        Finish = "finish",
    }
}

/// A move that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a recovery that is {from} allows no {by}")]
pub(super) struct IllegalMove {
    from: RecoveryState,
    by: RecoveryMove,
}

impl RecoveryMove {
    /// What is kept on record of it.
    pub(super) const fn event(self) -> Event {
        match self {
            Self::Submit => Event::RecoveryAsked,
            Self::Confirm | Self::Second => Event::RecoveryConfirmed,
            Self::Reject => Event::RecoveryRejected,
            Self::Cancel => Event::RecoveryCancelled,
            Self::Expire => Event::RecoveryExpired,
            Self::Finish => Event::RecoveryDone,
        }
    }
}

impl RecoveryState {
    /// Where a move leads. The one place that knows which moves there are.
    pub(super) const fn after(self, by: RecoveryMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Draft, RecoveryMove::Submit) => Ok(Self::Asked),
            // Once more when the first reviewer is none any more.
            (Self::Asked | Self::Confirmed, RecoveryMove::Confirm) => Ok(Self::Confirmed),
            (Self::Confirmed, RecoveryMove::Second) => Ok(Self::Waiting),
            (Self::Asked | Self::Confirmed | Self::Waiting, RecoveryMove::Reject) => Ok(Self::Rejected),
            (Self::Asked | Self::Confirmed | Self::Waiting, RecoveryMove::Cancel) => Ok(Self::Cancelled),
            (Self::Asked | Self::Confirmed, RecoveryMove::Expire) => Ok(Self::Expired),
            (Self::Waiting, RecoveryMove::Finish) => Ok(Self::Done),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }

    /// Whether it was handed in and can still lead to anything.
    pub const fn is_open(self) -> bool {
        self.after(RecoveryMove::Cancel).is_ok()
    }

    /// Whether its number is still there to be compared.
    pub const fn is_checked(self) -> bool {
        matches!(self, Self::Draft | Self::Asked | Self::Confirmed)
    }
}

text_enum! {
    /// Why a reviewer was not convinced; its words stand in `templates/identity/recoveries/reasons.txt`.
    pub enum RecoveryReason {
        /// A picture cannot be read.
        Unreadable = "unreadable",
        /// The name on it is another.
        NameDiffers = "name_differs",
        /// The number is not the one that was authenticated.
        NumberDiffers = "number_differs",
        /// The sheet of paper with the word is missing.
        PaperMissing = "paper_missing",
        /// It does not look like a document of that kind that was laid before a camera.
        NotGenuine = "not_genuine",
        /// What the reviewer wrote.
        Other = "other",
    }
}

/// One recovery.
#[derive(Clone, diesel::Queryable)]
pub(super) struct Recovery {
    pub id: i64,
    pub number: Number,
    pub person_id: i64,
    /// Whose authenticated name it is compared with.
    pub account_id: i64,
    pub state: RecoveryState,
    /// The word on the sheet of paper.
    pub paper: String,
    pub(super) sealed_key: Option<Vec<u8>>,
    pub(super) sealed_number: Option<Vec<u8>>,
    /// Whether the number that was typed is the one that was authenticated.
    pub agrees: bool,
    pub network: String,
    pub device: String,
    pub asked_at: Moment,
    pub first_by_id: Option<i64>,
    /// When the present state ends by itself, UTC.
    pub due_at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_away_without_two_and_a_wait() {
        use RecoveryMove::{Cancel, Confirm, Expire, Finish, Reject, Second, Submit};
        use RecoveryState::{Asked, Cancelled, Confirmed, Done, Draft, Expired, Rejected, Waiting};
        let legal = [
            (Draft, Submit, Asked),
            (Asked, Confirm, Confirmed),
            (Confirmed, Confirm, Confirmed),
            (Confirmed, Second, Waiting),
            (Waiting, Finish, Done),
            (Asked, Reject, Rejected),
            (Confirmed, Reject, Rejected),
            (Waiting, Reject, Rejected),
            (Asked, Cancel, Cancelled),
            (Confirmed, Cancel, Cancelled),
            (Waiting, Cancel, Cancelled),
            (Asked, Expire, Expired),
            (Confirmed, Expire, Expired),
        ];
        for from in RecoveryState::ALL {
            for by in RecoveryMove::ALL {
                let to = legal.iter().find(|way| (way.0, way.1) == (*from, *by)).map(|way| way.2);
                assert_eq!(from.after(*by), to.ok_or(IllegalMove { from: *from, by: *by }), "{from} {by}");
            }
        }
        assert!(Waiting.is_open() && !Waiting.is_checked() && !Done.is_open() && !Draft.is_open());
    }
}
