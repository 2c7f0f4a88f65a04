//! A real-name case: its states, who may move it, what it asks for.

use std::time::Duration;

use crate::base::types::text_enum;
use crate::services::records::Event;

/// How long a case without an act of the customer stays open.
pub(in crate::features::identity) const IDLE: Duration = Duration::from_secs(90 * 86_400);
/// How long a reviewer holds a case without doing anything with it.
pub(in crate::features::identity) const LEASE: Duration = Duration::from_secs(20 * 60);

text_enum! {
    /// Whose real name.
    pub enum IdentityKind {
        /// A natural person's.
        Personal = "personal",
        /// A company's.
        Corporate = "corporate",
    }
}

text_enum! {
    /// By what it is proved.
    pub enum IdentityMethod {
        /// A picture of the identity document.
        Document = "document",
        /// A photo of the face.
        Face = "face",
        /// The business licence.
        Licence = "licence",
    }
}

impl IdentityMethod {
    /// Whose real name it proves.
    pub const fn kind(self) -> IdentityKind {
        match self {
            Self::Document | Self::Face => IdentityKind::Personal,
            Self::Licence => IdentityKind::Corporate,
        }
    }
}

text_enum! {
    /// Where a case stands.
    pub enum CaseState {
        /// The customer still gathers what it needs.
        Draft = "draft",
        /// The company's contact has been asked by mail and has not answered.
        AwaitingContact = "awaiting_contact",
        /// It waits for a reviewer.
        Waiting = "waiting",
        /// A reviewer asked the customer for more.
        Returned = "returned",
        /// One reviewer approved it, a second one has to.
        Seconded = "seconded",
        /// The real name is authenticated.
        Approved = "approved",
        /// It is not.
        Rejected = "rejected",
        /// The customer took it back.
        Withdrawn = "withdrawn",
        /// Nobody went on with it.
        Abandoned = "abandoned",
    }
}

/// What may become of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The customer hands it in.
    Submit,
    /// The customer hands it in, and the contact is asked first.
    AskContact,
    /// The contact agrees.
    ContactAgrees,
    /// The contact refuses, or the link to do so ended.
    ContactRefuses,
    /// A reviewer asks for more.
    Return,
    /// The first of two reviewers approves it.
    Second,
    /// The last reviewer approves it.
    Approve,
    /// A reviewer rejects it.
    Reject,
    /// The customer takes it back.
    Withdraw,
    /// Its time ended.
    Abandon,
}

impl Move {
    /// What is kept on record of it.
    pub const fn event(self) -> Event {
        match self {
            Self::Submit => Event::IdentitySubmitted,
            Self::AskContact => Event::IdentityContactAsked,
            Self::ContactAgrees => Event::IdentityContactAgreed,
            Self::ContactRefuses => Event::IdentityContactRefused,
            Self::Return => Event::IdentityReturned,
            Self::Second => Event::IdentitySeconded,
            Self::Approve => Event::IdentityApproved,
            Self::Reject => Event::IdentityRejected,
            Self::Withdraw => Event::IdentityCaseWithdrawn,
            Self::Abandon => Event::IdentityAbandoned,
        }
    }
}

/// A state from which a move does not lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{by:?} does not lead on from {from}")]
pub struct IllegalMove {
    /// Where the case stands.
    pub from: CaseState,
    /// What was asked for.
    pub by: Move,
}

impl CaseState {
    /// Where a move leads from here: the only place that says so.
    pub const fn after(self, by: Move) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Draft | Self::Returned, Move::Submit) | (Self::AwaitingContact, Move::ContactAgrees) => {
                Ok(Self::Waiting)
            }
            (Self::Draft | Self::Returned, Move::AskContact) => Ok(Self::AwaitingContact),
            (Self::AwaitingContact, Move::ContactRefuses) | (Self::Waiting | Self::Seconded, Move::Return) => {
                Ok(Self::Returned)
            }
            (Self::Waiting, Move::Second) => Ok(Self::Seconded),
            (Self::Waiting | Self::Seconded, Move::Approve) => Ok(Self::Approved),
            (Self::Waiting | Self::Seconded, Move::Reject) => Ok(Self::Rejected),
            (Self::Draft | Self::AwaitingContact | Self::Waiting | Self::Returned | Self::Seconded, Move::Withdraw) => {
                Ok(Self::Withdrawn)
            }
            (Self::Draft | Self::AwaitingContact | Self::Returned, Move::Abandon) => Ok(Self::Abandoned),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }

    /// Whether a move leads on from here.
    pub const fn allows(self, by: Move) -> bool {
        self.after(by).is_ok()
    }

    /// Whether anything can still become of it.
    pub const fn is_open(self) -> bool {
        self.allows(Move::Withdraw)
    }

    /// Whether its answers and pictures may still be changed.
    pub const fn takes_answers(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

text_enum! {
    /// A picture of a case.
    pub enum Part {
        /// The side of the document with the name.
        Front = "front",
        /// Its other side.
        Back = "back",
        /// The face.
        Face = "face",
        /// The business licence.
        Licence = "licence",
    }
}

impl IdentityMethod {
    /// What a case of this way takes, and whether it cannot do without.
    pub const fn parts(self) -> &'static [(Part, bool)] {
        match self {
            Self::Document => &[(Part::Front, true), (Part::Back, false)],
            Self::Face => &[(Part::Face, true)],
            Self::Licence => &[(Part::Licence, true)],
        }
    }
}

text_enum! {
    /// Why a case came back or was rejected; its words stand in `templates/identity/words.html`.
    pub enum Reason {
        /// A picture cannot be read.
        Unreadable = "unreadable",
        /// The name on it is another.
        NameDiffers = "name_differs",
        /// The number on it is another.
        NumberDiffers = "number_differs",
        /// The document's time is over.
        DocumentEnded = "document_ended",
        /// It shows something else than was asked for.
        WrongPicture = "wrong_picture",
        /// The face cannot be made out.
        FaceUnclear = "face_unclear",
        /// Name or code of the company differ from the licence.
        LicenceDiffers = "licence_differs",
        /// The number stands for as many accounts as one may.
        TooOften = "too_often",
        /// What the reviewer wrote.
        Other = "other",
    }
}

impl Reason {
    /// Whether only the reviewer's words say what it is.
    pub fn is_other(&self) -> bool {
        *self == Self::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVES: [Move; 10] = [
        Move::Submit,
        Move::AskContact,
        Move::ContactAgrees,
        Move::ContactRefuses,
        Move::Return,
        Move::Second,
        Move::Approve,
        Move::Reject,
        Move::Withdraw,
        Move::Abandon,
    ];

    #[test]
    fn what_is_decided_stays_decided() {
        for state in [CaseState::Approved, CaseState::Rejected, CaseState::Withdrawn, CaseState::Abandoned] {
            for by in MOVES {
                assert_eq!(state.after(by), Err(IllegalMove { from: state, by }));
            }
            assert!(!state.is_open() && !state.takes_answers());
        }
    }

    #[test]
    fn nothing_is_approved_that_was_not_handed_in() {
        for state in [CaseState::Draft, CaseState::AwaitingContact, CaseState::Returned] {
            for by in [Move::Approve, Move::Second, Move::Reject, Move::Return] {
                assert!(!state.allows(by), "{state} {by:?}");
            }
        }
    }

    #[test]
    fn what_waits_for_us_is_never_abandoned() {
        assert!(!CaseState::Waiting.allows(Move::Abandon) && !CaseState::Seconded.allows(Move::Abandon));
        for state in CaseState::ALL.iter().filter(|state| state.is_open()) {
            assert!(MOVES.iter().any(|by| state.allows(*by)), "{state} is a dead end");
        }
    }

    #[test]
    fn every_way_needs_a_picture() {
        for method in IdentityMethod::ALL {
            assert!(method.parts().iter().any(|(_, needed)| *needed), "{method}");
        }
    }
}
