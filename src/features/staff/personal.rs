//! The personal data of the staff.

use crate::services::personal::Class::{Hashed, Personal};
use crate::services::personal::{PersonalData, column};

/// Tables `activations`, `staff_proposals`, `staff_proposal_roles`, `training_requirements`, `training_completions`.
pub(super) const PERSONAL: PersonalData = PersonalData {
    tables: &[
        "activations",
        "staff_proposals",
        "staff_proposal_roles",
        "training_requirements",
        "training_completions",
    ],
    columns: &[
        column("staff_proposals", "address", Personal, "adding a member of staff", "3 years"),
        column("staff_proposals", "name", Personal, "adding a member of staff", "3 years"),
        column("staff_proposals", "removal_reason", Personal, "beginning to work here anew", "3 years"),
        column("activations", "token_hash", Hashed, "beginning to work here", "24 hours"),
    ],
};
