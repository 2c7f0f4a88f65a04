//! Files of the receiving banks on their way to entries.

mod checking;
mod jobs;
mod lines;
mod model;
mod moves;
mod pages;
mod queries;
mod source;

pub(in crate::features::remittance) use jobs::JOB;
pub use jobs::{Imported, NotImported, at_once, by_command};
pub use model::ImportState;
pub(in crate::features::remittance) use pages::{POST_BYTES, create, drop_do, import_do, list, new, show};
pub use queries::{holds, imported_until};
