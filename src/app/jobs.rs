//! The clockwork: runs every room's jobs, each once across all instances.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::web::Data;
use futures_util::FutureExt;
use tokio::sync::watch;

use crate::base::db::{Db, End};
use crate::base::types::Moment;
use crate::services::jobs::{claim, done};
use crate::services::{mail, sms};
use crate::web::feature::{JobRun, JobSpec};
use crate::web::{House, kept, limits, orphans, session, uploads, visit};

const LEASE: Duration = Duration::from_secs(600);
/// A job that runs always is guarded by what it claims itself. After a crash it need not wait long: mails carry codes.
const SHORT_LEASE: Duration = Duration::from_secs(120);

/// How often is looked whether something is due.
const TICK: Duration = Duration::from_secs(5);

const MAIL: JobSpec = JobSpec { name: "mail", every: Duration::ZERO, run: send_mail };
const TEXTS: JobSpec = JobSpec { name: "texts", every: Duration::ZERO, run: send_texts };

/// Jobs that belong to no room.
const OWN: &[JobSpec] = &[
    JobSpec { name: "mail_wipe", every: Duration::from_secs(3600), run: wipe_mail },
    JobSpec { name: "text_wipe", every: Duration::from_secs(3600), run: wipe_texts },
    JobSpec { name: "sweep", every: Duration::from_secs(3600), run: sweep },
    JobSpec { name: "orphans", every: Duration::from_secs(24 * 3600), run: sweep_orphans },
];

/// Runs what is due once; answers the names of what failed.
pub async fn run_due(house: &Data<House>) -> Vec<&'static str> {
    let mut failed = run_rooms(house).await;
    // What the rooms write leaves in the same round, and before anything old is wiped.
    failed.extend(run(house, &MAIL).await);
    failed.extend(run(house, &TEXTS).await);
    failed.extend(run_own(house).await);
    failed
}

async fn run_rooms(house: &Data<House>) -> Vec<&'static str> {
    let mut failed = Vec::new();
    if house.seen.due(house.clock.now()) {
        write_seen(house).await;
    }
    for job in house.features.iter().flat_map(|feature| feature.jobs) {
        failed.extend(run(house, job).await);
    }
    failed
}

async fn run_own(house: &Data<House>) -> Vec<&'static str> {
    let mut failed = Vec::new();
    for job in OWN {
        failed.extend(run(house, job).await);
    }
    failed
}

/// Runs one job if it is due; answers its name when it failed. One that panics has failed and no more.
async fn run(house: &Data<House>, job: &JobSpec) -> Option<&'static str> {
    let outcome = AssertUnwindSafe(run_one(house, job)).catch_unwind().await;
    let fault = outcome.unwrap_or_else(|_| Err("the job panicked".to_string())).err()?;
    tracing::error!(event = "job_failed", job = job.name, %fault);
    Some(job.name)
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

/// Runs until told to stop, and ends what is under way. Mails and text messages go beside the rest, at once when one was
/// written: a relay or gateway that does not answer keeps nothing else waiting.
pub async fn clockwork(house: Data<House>, stopped: watch::Receiver<bool>) {
    let post = async {
        run(&house, &MAIL).await;
        while goes_on(&stopped, tokio::time::timeout(TICK, house.mail_bell.notified())).await {
            run(&house, &MAIL).await;
        }
    };
    let texts = async {
        run(&house, &TEXTS).await;
        while goes_on(&stopped, tokio::time::timeout(TICK, house.text_bell.notified())).await {
            run(&house, &TEXTS).await;
        }
    };
    let rounds = async {
        while goes_on(&stopped, tokio::time::sleep(TICK)).await {
            run_rooms(&house).await;
            run_own(&house).await;
        }
    };
    futures_util::future::join3(post, texts, rounds).await;
}

/// Waits for `pause`; false as soon as all is to stop.
async fn goes_on(stopped: &watch::Receiver<bool>, pause: impl Future) -> bool {
    let mut stopped = stopped.clone();
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => false,
        _ = pause => true,
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

fn send_mail(house: Data<House>, _: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let keep_codes = house.config.local();
        let from = house.config.mail_from.clone();
        // Each batch has a time of its own: a claim must outlive its deliveries, however long the outbox is.
        while mail::deliver_due(&house.db, &house.keys, &house.post, &from, house.clock.now(), keep_codes)
            .await
            .map_err(|fault| fault.to_string())?
            > 0
        {
            tokio::time::sleep(mail::PAUSE).await;
        }
        Ok(())
    })
}

fn send_texts(house: Data<House>, _: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let keep = house.config.keeps_texts();
        // Each batch has a time of its own, as that of mails.
        while sms::deliver_due(&house.db, &house.keys, &house.gateway, house.clock.now(), keep)
            .await
            .map_err(|fault| fault.to_string())?
            > 0
        {
            tokio::time::sleep(sms::PAUSE).await;
        }
        Ok(())
    })
}

fn wipe_texts(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move { sms::wipe_old(&house.db, now).await.map_err(|fault| fault.to_string()) })
}

fn wipe_mail(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move { mail::wipe_old(&house.db, now).await.map_err(|fault| fault.to_string()) })
}

fn sweep(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        limits::sweep(&house.db, now).await.map_err(|fault| fault.to_string())?;
        visit::sweep(&house.db, now).await.map_err(|fault| fault.to_string())?;
        kept::sweep(&house.db, now).await.map_err(|fault| fault.to_string())?;
        uploads::sweep(&house, now).await
    })
}

fn sweep_orphans(house: Data<House>, now: Moment) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move { orphans::sweep(&house, now).await })
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
