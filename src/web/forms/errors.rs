//! What can be wrong with a field. The words stand in `templates/components/error_words.txt`, once for each kind.

use std::borrow::Cow;

use validator::{ValidationErrors, ValidationErrorsKind};

/// A key of zxcvbn's advice; its words stand in the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice(pub &'static str);

/// One thing that is wrong with one field; its `Display` is the sentence that people read.
#[derive(Debug, Clone, PartialEq, Eq, askama::Template)]
#[template(path = "components/error_words.txt")]
pub enum FieldError {
    /// Nothing was given.
    Missing,
    /// Fewer characters than this.
    TooShort(u64),
    /// More characters than this.
    TooLong(u64),
    /// Not of the form that is asked for.
    Malformed,
    /// Signs that are not seen: control characters, turns of the reading direction.
    Unseen,
    /// Differs from what it must repeat.
    Mismatch,
    /// The box was not ticked.
    NotAccepted,
    /// Not an amount or number.
    NotANumber,
    /// An amount with more than two decimals, or with a comma before them.
    Decimals,
    /// Below this.
    TooSmall(String),
    /// Above this.
    TooLarge(String),
    /// A day too far back to be meant.
    TooLongAgo,
    /// A day that has not come.
    InTheFuture,
    /// The last day of a span lies before its first.
    EndsBefore,
    /// None of the choices.
    UnknownChoice,
    /// The code is wrong.
    WrongCode,
    /// The code has ended, was used or was tried too often.
    CodeEnded,
    /// The password is wrong.
    WrongPassword,
    /// Address and password do not go together.
    WrongSignIn,
    /// Address, password and code of a member of staff do not go together.
    WrongStaffSignIn,
    /// The code of the authenticator app is wrong.
    WrongAppCode,
    /// The recovery code is wrong or was used.
    WrongRecoveryCode,
    /// The sign-in has ended before its last step.
    StartAgain,
    /// Too early; seconds to wait.
    Wait(u64),
    /// Sent sooner than a person types; passwords are never shown again.
    Hurried,
    /// As many of these were sent as are taken within an hour; seconds to wait.
    TooOften(u64),
    /// A password that many use.
    Common,
    /// A password like the address.
    LikeAddress,
    /// A password that is guessed fast, with advice.
    Weak(Vec<Advice>),
    /// Not one of the kinds of file that are taken.
    FileType,
    /// A file above this many bytes.
    FileTooLarge(u64),
    /// The files are more than so many bytes together.
    FilesTooLarge(u64),
    /// A picture of more pixels than are taken.
    PictureTooLarge,
    /// A picture that moves.
    PictureMoves,
    /// A picture that cannot be read.
    PictureDamaged,
    /// A file without content.
    FileEmpty,
    /// A file that was kept with the form is there no longer.
    FileGone,
    /// More files than this.
    TooManyFiles(u64),
    /// Nobody would be left to look after people and roles.
    LastAdmin,
    /// Nobody would be left to look after the account.
    LastOwner,
    /// The address belongs to a member already.
    AlreadyMember,
    /// An invitation to the address is open already.
    AlreadyInvited,
    /// The same waits for a second admin already.
    AlreadyProposed,
    /// No customer has this address or number, or several do.
    NoCustomer,
    /// Somebody or something has it already.
    Taken,
    /// The same was sent so many minutes ago; its public number.
    SentBefore(u64, String),
    /// The form was opened before its sender signed in anew.
    SignedInAnew,
    /// The thing was changed meanwhile.
    ReplacedMeanwhile,
    /// The card number's check digit does not fit.
    CardCheck,
    /// The account number is not of any known form.
    AccountForm,
    /// The number is none of an account of ours.
    ReceivingForm,
    /// The check digits of an account of ours do not fit.
    ReceivingCheck,
    /// Another receiving account that is not closed has this number.
    ReceivingInUse,
    /// Money that waits for a reason is credited only with a word why.
    SayWhy,
    /// Money that waits for a reason is credited on its own page.
    LookFirst,
    /// The bank's serial number was entered already: the entry's public number, its day and its amount.
    KnownEntry(String, String, String),
    /// A file that is no bank statement of a format that is read.
    NoStatement,
    /// A line of a statement file is wrong: which, and what.
    StatementLine(u64, String),
    /// A statement of another account at the bank: which.
    OtherAccount(String),
    /// A statement in another currency: which.
    OtherCurrency(String),
    /// A statement file without entries.
    NoEntries,
    /// One sign before the decimals and between the thousands.
    SameMark,
    /// A column for two things that cannot be one: its letter.
    SameColumn(String),
    /// What is asked for is so already.
    AsItIs,
    /// One word for both directions.
    SameWord,
    /// Two things that must agree name different amounts.
    AmountsDiffer,
    /// Two things that must agree are in different currencies.
    CurrenciesDiffer,
    /// No top-up has this reference.
    UnknownReference,
    /// What is searched for has neither a letter nor a digit.
    NothingToFind,
    /// The same reference stands twice.
    ReferenceTwice,
    /// The shares of an entry come to something else than the entry: their sum, and the entry.
    SharesDiffer(String, String),
    /// The entry of the statement carries another top-up's reference.
    NamesAnother,
    /// A resident number that is not of seventeen digits and a check character.
    ResidentForm,
    /// A resident number of fifteen digits.
    FirstGeneration,
    /// A resident number of no province.
    ResidentRegion,
    /// A resident number whose birth date is no day, or none that is possible.
    ResidentBirth,
    /// A check character that does not fit.
    NumberCheck,
    /// The number is of another kind of document.
    OtherDocument,
    /// The number is not of this document's form.
    DocumentForm,
    /// The birth date differs from the one in the number.
    BirthDiffers,
    /// A credit code that is not of eighteen characters.
    CreditLength,
    /// A credit code with a character that none has.
    CreditAlphabet,
    /// A credit code whose region is not of digits.
    CreditRegion,
    /// A credit code whose check character does not fit.
    CreditCheck,
    /// One's own address where somebody else's is asked for.
    OwnAddress,
    /// Not a mobile number.
    PhoneForm,
    /// A number of a country that no message is sent to.
    PhoneCountry,
    /// A picture that is still missing.
    PictureMissing,
    /// The number stands for as many accounts as one may.
    NumberUsedUp,
    /// No receiving account takes this amount.
    NoneTakesAmount,
    /// The greatest amount is less than the least one.
    RangeBackwards,
    /// The same was claimed before, as the remittance of this reference.
    ClaimedBefore(String),
    /// No account has this number.
    NoAccount,
    /// An account has as many approved payers as it may.
    PayersFull,
    /// This payer is approved already.
    PayerKnown,
    /// The payer is the account itself.
    PayerIsOwn,
    /// What stands for no name, where one is wanted.
    NoName,
    /// The remitter's name is not the one that was verified.
    ProofName,
    /// Another amount arrived than the company was shown.
    ProofAmount,
    /// The amount did not count on the day of the remittance.
    ProofTime,
    /// As many amounts were asked for as one may.
    ProofAsks,
    /// No face is found.
    NoFace,
    /// More than one face is found.
    SeveralFaces,
    /// The face is too small.
    FaceTooSmall,
    /// The face is blurred.
    FaceBlurred,
}

/// What is wrong with a form, in the order of its fields. What belongs to no field stands under `form`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors(Vec<(Cow<'static, str>, FieldError)>);

impl Errors {
    /// Nothing wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing wrong.
    pub fn one(field: &'static str, error: FieldError) -> Self {
        Self(vec![(Cow::Borrowed(field), error)])
    }

    /// Adds one; the first error of a field is the one that is shown.
    pub fn add(&mut self, field: &'static str, error: FieldError) {
        self.0.push((Cow::Borrowed(field), error));
    }

    /// How long to wait, in seconds, when the form is right and only came too often.
    pub fn too_often(&self) -> Option<u64> {
        self.0
            .iter()
            .find_map(|(_, error)| if let FieldError::TooOften(seconds) = error { Some(*seconds) } else { None })
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with this field.
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, error)| error)
    }

    /// One error for each field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldError)> {
        self.0
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| !self.0[..*at].iter().any(|(earlier, _)| earlier == name))
            .map(|(_, (name, error))| (name.as_ref(), error))
    }

    /// `Ok` when nothing is wrong.
    pub fn check(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Puts the errors into the order in which the form asks.
    #[must_use]
    pub fn in_order(mut self, fields: &[&str]) -> Self {
        self.0.sort_by_key(|(name, _)| fields.iter().position(|field| field == name).unwrap_or(usize::MAX));
        self
    }

    /// Joins what two checks found.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// The validator's errors carry the typed value, passwords too: only code and limits are taken over.
impl From<ValidationErrors> for Errors {
    fn from(found: ValidationErrors) -> Self {
        let mut errors = Self::none();
        for (field, kind) in found.into_errors() {
            let ValidationErrorsKind::Field(list) = kind else { continue };
            for error in list {
                let limit = |name: &str| error.params.get(name).and_then(serde_json::Value::as_u64);
                let empty = error.params.get("value").is_some_and(|value| value == "");
                let kind = match error.code.as_ref() {
                    _ if empty && error.code != "too_long" => FieldError::Missing,
                    "length" => match (limit("min"), limit("max")) {
                        (Some(1), None) => FieldError::Missing,
                        (Some(min), Some(max)) => {
                            let typed =
                                error.params.get("value").and_then(|v| v.as_str()).map_or(0, |v| v.chars().count());
                            if (typed as u64) < min { FieldError::TooShort(min) } else { FieldError::TooLong(max) }
                        }
                        (Some(min), None) => FieldError::TooShort(min),
                        (None, Some(max)) => FieldError::TooLong(max),
                        (None, None) => FieldError::Malformed,
                    },
                    "must_match" => FieldError::Mismatch,
                    "accepted" => FieldError::NotAccepted,
                    "choice" => FieldError::UnknownChoice,
                    "missing" => FieldError::Missing,
                    _ => FieldError::Malformed,
                };
                errors.0.push((field.clone(), kind));
            }
        }
        errors
    }
}

/// A file that was received before the form came back (`forms::kept` in the templates).
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its public number.
    pub id: String,
    /// Its name as shown.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}
