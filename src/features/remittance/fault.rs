//! Why a move of money was not made.

use super::model::IllegalMove;
use crate::base::types::{Day, Money, Number};
use crate::services::ledger::LedgerError;
use crate::web::forms::{Errors, FieldError};
use crate::web::{Error, Stop};

/// Why a move was not made; nothing of it stays.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no such thing, or it belongs to another account.
    #[error("not found")]
    NotFound,
    /// Its state does not allow the move.
    #[error(transparent)]
    IllegalMove(#[from] IllegalMove),
    /// It changed while somebody looked at it.
    #[error("it changed meanwhile")]
    Changed,
    /// The same person did the other half.
    #[error("a second person has to do this")]
    FourEyes,
    /// What is held is credited only with a word why.
    #[error("a note is missing")]
    NoteMissing,
    /// The entry is held or caught by a rule: whoever credits it says why on its own page.
    #[error("the entry has to be looked at first")]
    LookFirst,
    /// Entry and declaration name different amounts.
    #[error("the amounts differ")]
    AmountsDiffer,
    /// Entry and declaration are in different currencies.
    #[error("the currencies differ")]
    CurrenciesDiffer,
    /// A file told something else of it while its page was read.
    #[error("a file told something else meanwhile")]
    ToldMeanwhile,
    /// What is asked for is so already.
    #[error("it is so already")]
    AsItIs,
    /// The entry's text carries the reference of another top-up.
    #[error("the entry names another top-up")]
    NamesAnother,
    /// The bank's serial number is known for this account at the bank.
    #[error("the entry is known already")]
    KnownEntry {
        /// The number of the entry that has it.
        number: Number,
        /// The day on which the bank booked that one.
        day: Day,
        /// How much arrived by it.
        amount: Money,
        /// In which currency.
        currency: String,
    },
    /// A receiving account that is not closed has this number.
    #[error("the receiving account is in use")]
    ReceivingInUse,
    /// As many payers are approved as an account may have.
    #[error("there are as many payers as there may be")]
    PayersFull,
    /// This name is approved already.
    #[error("the payer is known")]
    PayerKnown,
    /// The name is the account's own.
    #[error("the payer is the account itself")]
    PayerIsOwn,
    /// No receiving account is open.
    #[error("no receiving account is open")]
    NoReceivingAccount,
    /// Receiving accounts are open, and none takes this amount.
    #[error("no receiving account takes this amount")]
    NoneTakesAmount,
    /// The same money was claimed before, under this reference.
    #[error("the same was claimed before as {0}")]
    ClaimedBefore(Number),
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
    /// A mail could not be written.
    #[error(transparent)]
    Mail(#[from] askama::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::AmountsDiffer => Errors::one("entry", FieldError::AmountsDiffer).into(),
            Fault::ToldMeanwhile => Errors::one("note", FieldError::ReplacedMeanwhile).into(),
            Fault::AsItIs => Errors::one("amount", FieldError::AsItIs).into(),
            Fault::CurrenciesDiffer => Errors::one("entry", FieldError::CurrenciesDiffer).into(),
            Fault::LookFirst => Errors::one("entry", FieldError::LookFirst).into(),
            Fault::NoteMissing => Errors::one("note", FieldError::SayWhy).into(),
            Fault::NamesAnother => Errors::one("another_checked", FieldError::NamesAnother).into(),
            Fault::PayersFull => Errors::one("form", FieldError::PayersFull).into(),
            Fault::PayerKnown => Errors::one("payer_name", FieldError::PayerKnown).into(),
            Fault::PayerIsOwn => Errors::one("payer_name", FieldError::PayerIsOwn).into(),
            Fault::NoneTakesAmount => Errors::one("amount", FieldError::NoneTakesAmount).into(),
            Fault::ClaimedBefore(number) => Errors::one("amount", FieldError::ClaimedBefore(number.to_string())).into(),
            Fault::ReceivingInUse => Errors::one("account_number", FieldError::ReceivingInUse).into(),
            Fault::KnownEntry { number, day, amount, currency } => {
                let known = FieldError::KnownEntry(number.to_string(), day.words(), amount.of(&currency));
                Errors::one("bank_serial", known).into()
            }
            Fault::NotFound => Self::Failed(Error::NotFound),
            Fault::IllegalMove(_) | Fault::Changed | Fault::NoReceivingAccount => Self::Failed(Error::Conflict),
            Fault::FourEyes => Self::Failed(Error::Forbidden),
            Fault::Ledger(LedgerError::Database(fault)) | Fault::Database(fault) => fault.into(),
            Fault::Ledger(fault) => Self::Failed(Error::internal(fault)),
            Fault::Mail(fault) => fault.into(),
        }
    }
}
