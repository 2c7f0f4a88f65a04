//! Single facts of an installation, such as the mark of a demo database.

mod queries;

pub use queries::{read_mark, set_mark};

use crate::services::personal::PersonalData;

/// Table `marks`: nothing personal.
pub const PERSONAL: PersonalData = PersonalData { tables: &["marks"], columns: &[] };
