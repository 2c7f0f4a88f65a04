//! The clockwork's table: each job runs once across all instances.

mod queries;

pub use queries::{claim, done};

use crate::services::personal::PersonalData;

/// Table `jobs`: nothing personal.
pub const PERSONAL: PersonalData = PersonalData { tables: &["jobs"], columns: &[] };
