//! The wordings beside the two boxes. The page shows them and the consent record proves them: one template for both.

use askama::Template;

use crate::base::db::Conn;
use crate::services::consent::{self, ConsentEvent, Purpose};
use crate::services::context::Context;
use crate::web::Stop;

/// Agreeing to the policy.
#[derive(Template)]
#[template(path = "accounts/registration/agreement.html")]
struct Agreement {
    policy: i64,
}

/// Wanting business notices.
#[derive(Template)]
#[template(path = "accounts/registration/notices.html")]
struct Notices;

/// One record for each purpose, with the wording that stood beside its box.
pub(in crate::features::accounts) fn keep_consents(
    conn: &mut Conn,
    ctx: &Context,
    person_id: i64,
    policy: i64,
    notices: bool,
) -> Result<(), Stop> {
    let version = consent::policy(conn, policy)?;
    let mut keep = |purpose: Purpose, notice: String| -> Result<(), Stop> {
        Ok(consent::keep(conn, ctx, person_id, purpose, ConsentEvent::Given, version.as_ref(), &notice)?)
    };
    keep(Purpose::Agreement, Agreement { policy }.render()?)?;
    if notices {
        keep(Purpose::BusinessNotices, Notices.render()?)?;
    }
    Ok(())
}
