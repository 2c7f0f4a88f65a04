//! What a handler may fail with. The page is drawn by a middleware, which has the shell and the request id.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use crate::base::db::Fault;

/// Where somebody without a session is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `/login`.
    Customer,
    /// `/staff/login`.
    Staff,
}

/// Why a request got no page of its own.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing, or nothing that this caller may know of.
    #[error("not found")]
    NotFound,
    /// The role does not reach this far.
    #[error("forbidden")]
    Forbidden,
    /// The role reaches this far, and the training that it needs is missing or has lapsed (F10).
    #[error("training missing")]
    Untrained,
    /// Nobody is signed in.
    #[error("sign-in needed")]
    SignIn(Door),
    /// The caller has to prove anew who they are (C2).
    #[error("step-up needed")]
    StepUp,
    /// Something that the account lacks is needed first; the page that tells the way.
    #[error("go first to {0}")]
    GoFirst(Cow<'static, str>),
    /// The thing changed meanwhile, or the form was made for another account.
    #[error("conflict")]
    Conflict,
    /// The form's token is missing, old or another browser's.
    #[error("the form has expired")]
    ExpiredForm,
    /// A form came without any cookie: the browser keeps none.
    #[error("the browser blocks cookies")]
    CookiesBlocked,
    /// Cross-site post.
    #[error("posted from another site")]
    CrossSite,
    /// No browser sends this.
    #[error("bad request")]
    BadRequest,
    /// The body is larger than the route takes.
    #[error("too large")]
    TooLarge,
    /// Too many requests; seconds until it is worth trying again.
    #[error("too many requests")]
    TooMany(u64),
    /// A part of the portal has too much to do or cannot be reached.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect. The cause goes to the log.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A defect with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// Too many requests; so long until it is worth trying again.
    pub fn too_many(wait: Duration) -> Self {
        Self::TooMany(whole_seconds(wait))
    }
}

/// Seconds, a begun one counted whole: nobody is told to come back too early.
pub fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Untrained | Self::ExpiredForm | Self::CookiesBlocked | Self::CrossSite => {
                StatusCode::FORBIDDEN
            }
            Self::SignIn(_) | Self::StepUp | Self::GoFirst(_) => StatusCode::SEE_OTHER,
            Self::Conflict => StatusCode::CONFLICT,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

impl From<diesel::result::Error> for Error {
    fn from(fault: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Fault};
        match fault {
            Fault::NotFound => Self::NotFound,
            Fault::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)
            | Fault::BrokenTransactionManager => Self::Unavailable(fault.to_string()),
            // A server that became a stand-by, or two changes that met.
            Fault::DatabaseError(Kind::ReadOnlyTransaction | Kind::SerializationFailure, _) => {
                Self::Unavailable(fault.to_string())
            }
            Fault::DatabaseError(_, ref info) if passing(info.message()) => Self::Unavailable(fault.to_string()),
            // PostgreSQL takes no NUL in a text; no browser sends one.
            Fault::DatabaseError(_, ref info) if info.message().contains("invalid byte sequence") => Self::BadRequest,
            _ => Self::Internal(fault.to_string()),
        }
    }
}

/// Faults of the database that are no defects and have no kind of their own.
fn passing(message: &str) -> bool {
    ["database is locked", "database or disk is full", "deadlock detected", "terminating connection"]
        .iter()
        .any(|known| message.contains(known))
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Panicked => Self::Internal(fault.to_string()),
            Fault::Busy | Fault::Pool(_) | Fault::Lost(_) => Self::Unavailable(fault.to_string()),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(fault: askama::Error) -> Self {
        Self::Internal(fault.to_string())
    }
}
