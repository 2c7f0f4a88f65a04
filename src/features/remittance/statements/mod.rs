//! The bank's statements (D2): `formats` says what a file holds, `imports` checks a file when it comes and makes entries of its
//! lines once somebody agreed, each line once however often files come. `mappings` keeps what the columns of a bank's CSV are.

mod formats;
mod imports;
mod mappings;

pub(super) use formats::{Format, Side, is_name};
#[cfg(debug_assertions)]
pub use formats::{probe_camt053, probe_csv, probe_mt940};
pub(super) use imports::{
    ImportState, JOB, POST_BYTES, create, drop_do, holds, import_do, imported_until, list, new, reading, reread, show,
    waiting,
};
pub use imports::{Imported, NotImported, Step, at_once, by_command, leave};
pub(super) use mappings::{edit, update};
