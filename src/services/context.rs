//! When, from where, with which keys and by whom a change is made: what every service wants to know of a request.

use std::fmt;
use std::sync::Arc;

use crate::base::crypto::Keys;
use crate::base::types::Moment;

crate::base::types::text_enum! {
    /// Who makes a change.
    pub enum AuthorKind {
        /// Somebody who is not signed in.
        Visitor = "visitor",
        /// A person who signed in as a customer.
        Customer = "customer",
        /// A member of staff.
        Staff = "staff",
        /// The portal itself.
        System = "system",
        /// An operator at the command line.
        CommandLine = "command_line",
    }
}

/// The one who makes a change.
#[derive(Debug, Clone)]
pub struct Author {
    /// Which kind of author.
    pub kind: AuthorKind,
    /// The person, when signed in.
    pub person_id: Option<i64>,
    /// Whose key seals what is kept about the person.
    pub subject_id: Option<i64>,
    /// The current account of a customer.
    pub account_id: Option<i64>,
    /// The session that carried the request.
    pub session_id: Option<i64>,
}

impl Author {
    /// An author without a person behind.
    pub fn nobody(kind: AuthorKind) -> Self {
        Self { kind, person_id: None, subject_id: None, account_id: None, session_id: None }
    }
}

/// The circumstances of a change. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The one moment of this request, UTC.
    pub now: Moment,
    /// The key ring.
    pub keys: Arc<Keys>,
    /// The portal's own address without a slash at the end, for links in mails.
    pub base_url: Arc<str>,
    /// The caller's network, truncated (/24 or /48).
    pub network: Arc<str>,
    /// The caller's browser and system in a few words.
    pub device: Arc<str>,
    /// Who makes the change.
    pub author: Author,
}

impl Context {
    /// The same circumstances at another moment.
    #[must_use]
    pub fn at(&self, now: Moment) -> Self {
        Self { now, ..self.clone() }
    }

    /// The same circumstances with another author.
    #[must_use]
    pub fn by(&self, author: Author) -> Self {
        Self { author, ..self.clone() }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("now", &self.now).field("author", &self.author).finish_non_exhaustive()
    }
}
