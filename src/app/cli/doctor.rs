//! `easylink doctor`: checks configuration and the reach of every part.

use std::time::Instant;

use super::{Outcome, wait};
use crate::app::{features, server};
use crate::base::clock::Clock;
use crate::base::config::{Config, DatabaseUrl};
use crate::base::crypto::{Hasher, Keys, Secret};
use crate::base::db::{Db, pending};
use crate::base::process;
use crate::services::keyring::{self, KeyringFault};
use crate::services::mail::Post;
use crate::services::outward::Way;
use crate::services::storage::Storage;

/// Prints every route: method, path, who is let in, how changes are guarded, most bytes of a body. Needs neither database
/// nor keys, and makes no file.
pub(super) fn routes(config: &Config) {
    for route in server::all_routes(config, &features::features()) {
        for one in route.listed() {
            println!("{}\t{}\t{}\t{}\t{}", one.method, one.path, one.who, one.guard, one.most_bytes);
        }
    }
}

/// Below this many open files a few slow browsers stop everybody.
const FEW_FILES: u64 = 4096;

/// Whether the key folder goes with the database.
fn keys(ring: &Result<Keys, KeyringFault>) -> Result<String, String> {
    match ring.as_ref().map(Keys::generations) {
        Err(fault) => Err(fault.to_string()),
        Ok(0) => Ok("none yet; the first start makes one".into()),
        Ok(1) => Ok("1 generation, which goes with the database".into()),
        Ok(count) => Ok(format!("{count} generations, which go with the database")),
    }
}

/// Whether the database has every migration.
async fn migrations(db: &Db) -> Result<String, String> {
    let missing = db.read(pending).await.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
    if missing.is_empty() { Ok("all applied".into()) } else { Err(format!("missing: {}", missing.join(", "))) }
}

/// How long one password takes, whatever the keys.
async fn hasher() -> Result<String, String> {
    let hasher = Hasher::start(1, 1, &Keys::fixed(0)).map_err(|fault| fault.to_string())?;
    let started = Instant::now();
    hasher.hash(Secret::new("how long does it take")).await.map_err(|fault| fault.to_string())?;
    Ok(format!("{} ms for one password", started.elapsed().as_millis()))
}

/// Whether a file can be kept and deleted.
async fn storage(config: &Config) -> Result<String, String> {
    let gone = async {
        let storage = Storage::folder(&config.storage)?;
        let stored = storage.keep(bytes::Bytes::from_static(b"doctor")).await?;
        storage.delete(&stored.key).await
    };
    gone.await.map(|()| "writes and deletes".into()).map_err(|fault| fault.to_string())
}

/// Whether the verification provider answers; nothing of anybody is sent.
async fn provider(config: &Config) -> Result<String, String> {
    let Some(provider) = &config.identity_provider else { return Ok("none; reviewers decide".into()) };
    let way = Way::to(&provider.url, config.outward, Clock::system()).map_err(|fault| fault.to_string())?;
    let (host, secrets) = (way.host(), provider.secrets.len());
    match way.answers().await {
        Ok(()) => {
            Ok(format!("{host} answers; {secrets} secret{}", if secrets == 1 { "" } else { "s, the first signs" }))
        }
        Err(fault) => Err(format!("{host}: {fault}")),
    }
}

/// Prints one line for each part, whatever the others came to; fails when one of them does.
pub(super) fn check(config: &Config) -> Outcome {
    let mut well = true;
    let mut say = |part: &str, outcome: Result<String, String>| match outcome {
        Ok(text) => println!("ok    {part}: {text}"),
        Err(text) => {
            well = false;
            println!("FAIL  {part}: {text}");
        }
    };
    say("settings", Ok(format!("{:?} at {}", config.database_url, config.base_url)));
    if config.base_url.scheme() == "http" {
        say("https", Ok("off; the portal serves this machine only".into()));
    }
    // A relay's connections belong to a runtime, so it is made within one.
    let relay = wait(async { config.smtp_url.as_deref().map(|url| Post::from_url(url).map(|_| ())) })?;
    say(
        "mail",
        match relay {
            None => Ok("no relay; mails stay in the data folder".into()),
            Some(Ok(())) => Ok("a relay is set".into()),
            Some(Err(fault)) => Err(fault.to_string()),
        },
    );
    if let DatabaseUrl::Postgres(_) = config.database_url {
        say("database", Ok("PostgreSQL; run `easylink migrate` before each new version".into()));
    }
    let open = process::raise_open_files();
    say(
        "open files",
        if open < FEW_FILES {
            Err(format!(
                "{open} at most; several hundred slow browsers use them up: raise the limit (LimitNOFILE, ulimit -Hn)"
            ))
        } else {
            Ok(format!("{open} at most"))
        },
    );
    wait(async {
        match Db::open(&config.database_url) {
            Ok(db) => {
                say("keys", keys(&keyring::checked(&config.keys_dir(), &db).await));
                say("migrations", migrations(&db).await);
            }
            Err(fault) => say("database", Err(fault.to_string())),
        }
        say("hasher", hasher().await);
        say("storage", storage(config).await);
        say("identity provider", provider(config).await);
    })?;
    if well { Ok(()) } else { Err("something needs mending".into()) }
}
