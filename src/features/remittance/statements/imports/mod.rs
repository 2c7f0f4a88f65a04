//! Files of the receiving banks on their way to entries.

pub(super) mod checking;
pub(super) mod jobs;
mod lines;
mod model;
mod moves;
pub(super) mod pages;
pub(super) mod queries;
pub(super) mod source;

pub(in crate::features::remittance) use jobs::JOB;
pub use jobs::{Imported, NotImported, at_once, by_command, left_unread};
pub use model::ImportState;
pub(in crate::features::remittance) use pages::{POST_BYTES, create, drop_do, import_do, list, new, show};
pub use queries::{holds, imported_until, waiting};
