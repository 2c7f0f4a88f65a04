//! The wordings beside the two boxes. The page shows them and the consent record proves them: one template for both.

use askama::Template;

/// Agreeing to the policy.
#[derive(Template)]
#[template(path = "accounts/registration/agreement.html")]
pub(super) struct Agreement {
    pub policy: i64,
}

/// Wanting business notices.
#[derive(Template)]
#[template(path = "accounts/registration/notices.html")]
pub(super) struct Notices;
