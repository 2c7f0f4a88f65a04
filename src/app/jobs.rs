//! The clockwork: runs every room's jobs, each once across all instances.

use std::time::Duration;

use actix_web::web::Data;

use crate::base::db::{Db, End};
use crate::base::types::Moment;
use crate::services::jobs::{claim, done};
use crate::services::mail;
use crate::web::feature::{JobRun, JobSpec};
use crate::web::{House, limits, session, uploads};

const LEASE: Duration = Duration::from_secs(600);
/// A job that runs always is guarded by what it claims itself. After a crash it need not wait long: mails carry codes.
const SHORT_LEASE: Duration = Duration::from_secs(120);

/// Jobs that belong to no room.
const OWN: &[JobSpec] = &[
    JobSpec { name: "mail", every: Duration::ZERO, run: send_mail },
    JobSpec { name: "mail_wipe", every: Duration::from_secs(3600), run: wipe_mail },
    JobSpec { name: "sweep", every: Duration::from_secs(3600), run: sweep },
];

/// Runs what is due once; answers the names of what failed.
pub async fn run_due(house: &Data<House>) -> Vec<&'static str> {
    let mut failed = Vec::new();
    write_seen(house).await;
    let rooms: Vec<JobSpec> = house.features.iter().flat_map(|feature| feature.jobs).copied().collect();
    // Mail last: what the rooms write leaves in the same round.
    for job in rooms.into_iter().chain(OWN.iter().copied()) {
        match run_one(house, &job).await {
            Ok(()) => {}
            Err(fault) => {
                tracing::error!(event = "job_failed", job = job.name, %fault);
                failed.push(job.name);
            }
        }
    }
    failed
}

async fn run_one(house: &Data<House>, job: &JobSpec) -> Result<(), String> {
    let now = house.clock.now();
    let (name, every, run): (_, _, JobRun) = (job.name, job.every, job.run);
    let lease = if every.is_zero() { SHORT_LEASE } else { LEASE };
    let mine = in_one(&house.db, move |conn| claim(conn, name, every, lease, now)).await?;
    if !mine {
        return Ok(());
    }
    let outcome = run(house.clone(), now).await;
    let bad = outcome.is_err();
    in_one(&house.db, move |conn| done(conn, name, now, bad)).await?;
    outcome
}

/// Runs until told to stop: each five seconds, and at once when a mail was written.
pub async fn clockwork(house: Data<House>) {
    loop {
        let _ = tokio::time::timeout(Duration::from_secs(5), house.mail_bell.notified()).await;
        run_due(&house).await;
    }
}

/// Writes when sessions were last used.
pub async fn write_seen(house: &Data<House>) {
    let seen = house.seen.take();
    if seen.is_empty() {
        return;
    }
    if let Err(fault) = in_one(&house.db, move |conn| session::write_seen(conn, &seen)).await {
        tracing::error!(event = "seen_lost", %fault);
    }
}

fn send_mail(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let keep_codes = house.config.local();
        let from = house.config.mail_from.clone();
        while mail::deliver_due(&house.db, &house.keys, &house.post, &from, now, keep_codes)
            .await
            .map_err(|fault| fault.to_string())?
            > 0
        {}
        Ok(())
    })
}

fn wipe_mail(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move { mail::wipe_old(&house.db, now).await.map_err(|fault| fault.to_string()) })
}

fn sweep(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        in_one(&house.db, move |conn| limits::sweep(conn, now)).await?;
        uploads::sweep(&house, now).await
    })
}

async fn in_one<T: Send + 'static>(
    db: &Db,
    f: impl FnOnce(&mut crate::base::db::Conn) -> diesel::QueryResult<T> + Send + 'static,
) -> Result<T, String> {
    db.write(move |conn| match f(conn) {
        Ok(done) => End::Keep(Ok(done)),
        Err(fault) => End::Undo(Err(fault.to_string())),
    })
    .await
    .map_err(|fault| fault.to_string())?
}
