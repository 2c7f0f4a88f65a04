//! What the clock does: it ends what has nothing to be compared with any more or whose factor turned up again, takes the factor away
//! when the wait is over, tells of what is near, ends what nobody decided, and deletes what was settled long ago. One at a time: one that fails keeps no other back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::web::Data;

use super::model::{Recovery, RecoveryState};
use super::moves;
use super::queries;
use super::telling::{Means, News, tell};
use crate::base::db::{Conn, End};
use crate::base::types::Moment;
use crate::features::accounts::factors;
use crate::features::identity::fault::Fault;
use crate::services::context::Context;
use crate::services::records::{self, Event};
use crate::web::House;
use crate::web::feature::JobSpec;

const AT_ONCE: i64 = 100;

/// Every minute.
pub(in crate::features::identity) const JOB: JobSpec =
    JobSpec { name: "identity_recoveries", every: Duration::from_secs(60), run };

type Act = fn(&mut Conn, &Context, &Recovery, &Means) -> Result<(), Fault>;
type Find = fn(&mut Conn, Moment, i64) -> diesel::QueryResult<Vec<Recovery>>;

const WORK: [(Find, Act); 6] = [
    (|conn, _, most| queries::baseless(conn, most), moves::cancel),
    (overtaken, moves::cancel),
    (|conn, now, most| queries::due(conn, RecoveryState::Waiting, now, most), moves::finish),
    (|conn, now, most| queries::due(conn, RecoveryState::Asked, now, most), moves::expire),
    (|conn, now, most| queries::due(conn, RecoveryState::Confirmed, now, most), moves::expire),
    (queries::untold, remind),
];

fn run(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let means = Means { zone: house.config.zone.clone(), sms: house.config.sms.clone() };
        let mut failed = 0;
        for (find, act) in WORK {
            let found = house.db.read(move |conn| find(conn, now, AT_ONCE));
            for one in found.await.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())? {
                let (ctx, means) = (house.own_context(now), means.clone());
                let number = one.number.clone();
                let done = house.db.write(move |conn| match act(conn, &ctx, &one, &means) {
                    Ok(()) => End::Keep(Ok(())),
                    // Somebody decided it in this very moment.
                    Err(Fault::Changed) => End::Undo(Ok(())),
                    Err(fault) => End::Undo(Err(fault.to_string())),
                });
                if let Err(cause) = done.await.map_err(|fault| fault.to_string())? {
                    tracing::error!(event = "recovery_not_moved", recovery = %number, cause = %cause);
                    failed += 1;
                }
            }
        }
        let drafts = house.db.in_pieces(move |conn, most| queries::sweep_drafts(conn, now, most)).await;
        drafts.map_err(|fault| fault.to_string())?;
        let swept = house.db.in_pieces(move |conn, most| queries::sweep(conn, now, most)).await;
        swept.map_err(|fault| fault.to_string())?;
        if failed > 0 { Err(format!("{failed} recoveries were not moved")) } else { Ok(()) }
    })
}

/// Open ones whose factor turned up again: app or recovery code was used since. And those whose owner said since that somebody else
/// is in the account, or is locked out of it.
fn overtaken(conn: &mut Conn, _: Moment, most: i64) -> diesel::QueryResult<Vec<Recovery>> {
    let open = queries::open(conn, most)?;
    let asked: Vec<_> = open.iter().map(|one| (one.person_id, one.asked_at)).collect();
    let mut over = factors::used_since(conn, &asked)?;
    let people: Vec<i64> = asked.iter().map(|(person, _)| *person).collect();
    over.extend(queries::shut_out(conn, &people)?);
    if let Some(first) = asked.iter().map(|(_, since)| *since).min() {
        for event in [Event::Disowned, Event::PersonLocked] {
            let warned = records::times_of(conn, &people, event, first)?;
            let since = |person: i64| asked.iter().find(|(of, _)| *of == person).map(|(_, since)| *since);
            over.extend(
                warned.iter().filter(|(of, at)| since(*of).is_some_and(|since| *at >= since)).map(|(of, _)| *of),
            );
        }
    }
    Ok(open.into_iter().filter(|one| over.contains(&one.person_id)).collect())
}

/// Tells everybody once more, a day before.
fn remind(conn: &mut Conn, ctx: &Context, recovery: &Recovery, means: &Means) -> Result<(), Fault> {
    if recovery.due_at <= ctx.now || !queries::told(conn, recovery.id, ctx.now)? {
        return Ok(());
    }
    tell(conn, ctx, recovery, News::Near, means)
}
