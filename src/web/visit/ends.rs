//! How a verb ends.

use actix_web::HttpResponse;
use askama::Template;

use crate::web::cookies::Kept;
use crate::web::error::Error;
use crate::web::forms::{Errors, FieldError, Opened};
use crate::web::page::{Flash, Shell, again_in};
use crate::web::session::NewSession;

/// Where a finished post leads, and what rides along. Returned from the transaction; acted on after the commit.
#[must_use]
pub struct Goto {
    pub(super) to: String,
    pub(super) flash: Option<Flash>,
    pub(super) enter: Option<NewSession>,
    pub(super) leave: bool,
    pub(super) cookies: Vec<(Kept, Option<String>)>,
}

impl Goto {
    /// A local path with or without query.
    pub fn to(path: impl Into<String>) -> Self {
        Self { to: path.into(), flash: None, enter: None, leave: false, cookies: Vec::new() }
    }

    /// What the next page says once.
    pub fn saying(mut self, flash: Flash) -> Self {
        self.flash = Some(flash);
        self
    }

    /// Hands the new session to the browser.
    pub fn entering(mut self, session: NewSession) -> Self {
        self.enter = Some(session);
        self
    }

    /// Takes the session cookie away and clears what the browser cached.
    pub fn leaving(mut self) -> Self {
        self.leave = true;
        self
    }

    /// Sets a cookie of the table.
    pub fn keeping(mut self, cookie: Kept, value: impl Into<String>) -> Self {
        self.cookies.push((cookie, Some(value.into())));
        self
    }

    /// Takes a cookie of the table away.
    pub fn dropping(mut self, cookie: Kept) -> Self {
        self.cookies.push((cookie, None));
        self
    }
}

/// Why a post was not done.
#[derive(Debug)]
pub enum Stop {
    /// The form is drawn again; nothing was changed.
    Refused(Errors),
    /// The form is drawn again; what was changed stays (a wrong code: the try must count).
    Counted(Errors),
    /// An error page; nothing was changed.
    Failed(Error),
}

impl From<Errors> for Stop {
    fn from(errors: Errors) -> Self {
        Self::Refused(errors)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(fault: diesel::result::Error) -> Self {
        Self::Failed(fault.into())
    }
}

impl From<askama::Error> for Stop {
    fn from(fault: askama::Error) -> Self {
        Self::Failed(fault.into())
    }
}

/// What a `write` or `step` came to.
#[must_use]
pub enum Ended<T, F> {
    /// It was done.
    Done(T),
    /// The form is to be drawn again, with what was typed.
    Again(Box<Shell>, Errors, Opened<F>),
}

impl<F> Ended<HttpResponse, F> {
    /// The redirect, or what is wrong with a button that has no page of its own to be drawn again.
    pub fn or_fail(self, wrong: Error) -> Result<HttpResponse, Error> {
        match self {
            Self::Done(response) => Ok(response),
            Self::Again(_, errors, _) if errors.of("form") == Some(&FieldError::SignedInAnew) => {
                Err(Error::ExpiredForm)
            }
            Self::Again(..) => Err(wrong),
        }
    }

    /// The redirect, or the form drawn again with status 422 (429 when it only came too often).
    pub fn or<P: Template>(self, draw: impl FnOnce(Shell, Errors, &F) -> P) -> Result<HttpResponse, Error> {
        match self {
            Self::Done(response) => Ok(response),
            Self::Again(shell, errors, form) => {
                let wait = errors.too_often();
                again_in(draw(*shell, errors, &form), wait)
            }
        }
    }
}

/// Whose a thing is.
#[derive(Debug, Clone, Copy)]
pub enum LookedAt {
    /// An account's: its owners read of the look.
    Account(i64),
    /// A person's own, person and subject: they read of it.
    Person(i64, i64),
}

/// Whose object a member of staff opened.
#[derive(Debug, Clone)]
pub struct Looked {
    /// Whose it is.
    pub of: LookedAt,
    /// The public number of the object.
    pub object: String,
    /// The file of the object that is served. A player asks for a file in many pieces: its look is recorded once for each
    /// session and hour.
    pub file: Option<String>,
}

impl Looked {
    /// The object itself, shown on a page.
    pub fn at(account_id: i64, object: impl Into<String>) -> Self {
        Self { of: LookedAt::Account(account_id), object: object.into(), file: None }
    }

    /// A person, by public number.
    pub fn at_person(person_id: i64, subject_id: i64, number: impl Into<String>) -> Self {
        Self { of: LookedAt::Person(person_id, subject_id), object: number.into(), file: None }
    }

    /// A file of the object.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}
