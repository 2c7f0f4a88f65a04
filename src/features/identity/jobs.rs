//! Asks the verification provider. Ends what nobody went on with, gives back what a contact left unanswered, and destroys what an appeal window kept.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;

use super::fault::Fault;
use super::{cases, contact, provider, recoveries};
use crate::base::db::{Conn, End};
use crate::base::types::Moment;
use crate::services::context::Context;
use crate::web::House;
use crate::web::feature::JobSpec;

const AT_ONCE: i64 = 100;

/// Every hour.
const TERMS: JobSpec = JobSpec { name: "identity_terms", every: Duration::from_secs(3600), run: terms };
/// Always: what is due is claimed one by one.
const PROVIDER: JobSpec = JobSpec { name: "identity_provider", every: Duration::ZERO, run: provider::work };

/// The jobs of this room.
pub(super) const JOBS: &[JobSpec] = &[TERMS, PROVIDER, recoveries::JOB];

fn terms(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        loop {
            let ctx = house.own_context(now);
            let swept = house.db.write(move |conn| match sweep(conn, &ctx) {
                Ok(count) => End::Keep(Ok(count)),
                Err(fault) => End::Undo(Err(fault.to_string())),
            });
            let count = swept.await.map_err(|fault| fault.to_string())??;
            if i64::try_from(count).unwrap_or(0) < AT_ONCE {
                return Ok(());
            }
        }
    })
}

fn sweep(conn: &mut Conn, ctx: &Context) -> Result<usize, Fault> {
    let silent = contact::sweep(conn, ctx, AT_ONCE)?;
    Ok(silent.max(cases::sweep(conn, ctx, AT_ONCE)?))
}
