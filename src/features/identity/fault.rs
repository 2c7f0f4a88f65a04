//! Why a move of a case was not made.

use std::time::Duration;

use diesel::result::DatabaseErrorKind;
use diesel::result::Error::DatabaseError;

use super::cases::IllegalMove;
use crate::web::error::whole_seconds;
use crate::web::{Error, Errors, FieldError, Stop};

/// Why a move was not made; nothing of it stays.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// There is no such case, or it is another account's.
    #[error("not found")]
    NotFound,
    /// Its state does not allow the move.
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    /// It changed while somebody looked at it.
    #[error("it changed meanwhile")]
    Changed,
    /// A picture is missing.
    #[error("a picture is missing")]
    Incomplete,
    /// The reviewer does not hold the case any more.
    #[error("the hold is over")]
    LeaseOver,
    /// Reviewers do not decide about themselves, nor twice about one case.
    #[error("a second person has to do this")]
    FourEyes,
    /// The number stands for as many accounts as one may.
    #[error("the number is used up")]
    UsedUp,
    /// The remitter's name is not the one that was verified.
    #[error("the names differ")]
    NamesDiffer,
    /// Another amount arrived than was shown.
    #[error("the amounts differ")]
    AmountsDiffer,
    /// It was booked when the amount did not count.
    #[error("the time of the amount is over")]
    TooLate,
    /// So many amounts were asked for within a month.
    #[error("no more amounts")]
    AsksUsedUp,
    /// So many mails went to the contact's address within an hour.
    #[error("too often")]
    TooOften(Duration),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
    /// The second factor could not be taken away.
    #[error("the second factor stays: {0}")]
    Factor(String),
    /// A mail could not be written.
    #[error(transparent)]
    Mail(#[from] askama::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Self::Failed(Error::NotFound),
            // A violated index is another case of the account, another hold, the last slot of a number: somebody was first.
            Fault::IllegalMove(_)
            | Fault::Changed
            | Fault::Incomplete
            | Fault::Database(DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Self::Failed(Error::Conflict),
            Fault::LeaseOver => Self::Failed(Error::GoFirst("/staff/identity?lost=yes".into())),
            Fault::FourEyes => Self::Failed(Error::Forbidden),
            Fault::TooOften(wait) => Errors::one("form", FieldError::TooOften(whole_seconds(wait))).into(),
            Fault::NamesDiffer => Errors::one("form", FieldError::ProofName).into(),
            Fault::AmountsDiffer => Errors::one("form", FieldError::ProofAmount).into(),
            Fault::TooLate => Errors::one("form", FieldError::ProofTime).into(),
            Fault::AsksUsedUp => Errors::one("form", FieldError::ProofAsks).into(),
            Fault::UsedUp => Errors::one("form", FieldError::NumberUsedUp).into(),
            Fault::Database(fault) => fault.into(),
            Fault::Factor(cause) => Self::Failed(Error::Internal(cause)),
            Fault::Mail(fault) => fault.into(),
        }
    }
}
