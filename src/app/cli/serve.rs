//! `easylink serve`.

use std::io::IsTerminal;
use std::net::TcpListener;
use std::time::Duration;

use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::prelude::*;

use super::{Outcome, migrate};
use crate::app::{demo, jobs, server};
use crate::base::clock::Clock;
use crate::base::config::{Config, DatabaseUrl};
use crate::base::process;

/// How long the jobs that are under way may still take when the server has stopped.
const LAST_WORK: Duration = Duration::from_secs(15);

/// Serves until the process is told to stop; requests that are under way are finished first.
pub(super) fn serve(config: Config, as_demo: bool) -> Outcome {
    log();
    // Every connection is an open file, and so is a document on its way in or out.
    let open_files = process::raise_open_files();
    tracing::info!(event = "open_files", most = open_files);
    // The embedded default is brought up to date here; a shared database waits for `migrate`.
    if as_demo || matches!(config.database_url, DatabaseUrl::Sqlite(_)) {
        let now = Clock::system().now();
        migrate::bring_up_if_behind(&config, if as_demo { demo::founded(now) } else { now })?;
    }
    let listener = TcpListener::bind(config.listen)?;
    let base_url = config.base_url.clone();
    let local = config.local();
    actix_web::rt::System::new().block_on(async move {
        let house = server::open(config, Clock::system()).await?;
        if as_demo {
            demo::fill_or_greet(&house).await?;
            println!("{}", demo::greeting());
        } else if !local && demo::marked(&house).await? {
            return Err("this database is a demo with known passwords: it is served on loopback only".into());
        }
        println!("Easy Link serves at {base_url}");
        if local {
            println!("Mails are kept at {base_url}dev/mailbox");
        }
        let (stop, stopped) = watch::channel(false);
        let clockwork = actix_web::rt::spawn(jobs::clockwork(house.clone(), stopped));
        let served = server::serve(house.clone(), listener)?.await;
        // A mail that is just being handed over is noted as sent.
        stop.send_replace(true);
        if tokio::time::timeout(LAST_WORK, clockwork).await.is_err() {
            tracing::warn!(event = "work_cut_off", "a job did not end in time");
        }
        jobs::write_seen(&house).await;
        served.map_err(Into::into)
    })
}

/// One JSON line for each event; people who start it in a terminal read only what matters.
fn log() {
    let terminal = std::io::stdout().is_terminal();
    let default = if terminal { "warn" } else { "info" };
    // The HTTP library calls it an error when a stranger sends what is no HTTP or hangs up.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("{default},actix_http::h1::dispatcher=off")));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
