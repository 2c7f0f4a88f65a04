//! Files of the receiving banks on their way to entries.

pub(super) mod checking;
mod comparing;
pub(super) mod jobs;
mod lines;
mod looking;
mod model;
mod moves;
pub(super) mod pages;
mod preview;
pub(super) mod queries;
mod rereading;
mod seeding;
pub(super) mod source;
pub(super) mod written;

pub(in crate::features::remittance) use jobs::JOB;
pub use jobs::{Imported, NotImported, Step, by_command};
pub use model::ImportState;
pub(in crate::features::remittance) use pages::{POST_BYTES, create, drop_do, import_do, list, new, show};
pub use queries::{holds, imported_until, waiting};
pub(in crate::features::remittance) use rereading::{reading, reread};
pub use seeding::{at_once, leave};
