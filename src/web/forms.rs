//! Forms: read whole, held to a token, checked, and shown again with what was typed.

mod body;
mod errors;
pub mod plain;
mod token;

pub use body::{Asking, Form, MOST_OF_SESSIONS, Opened, Press, fields_of};
pub(super) use body::{plain as plain_kind, salvage, whole};
pub use errors::{Advice, Errors, FieldError, Kept};
pub(super) use token::{Anchor, fresh};
pub use token::{Stamp, Token};
