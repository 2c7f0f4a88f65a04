//! `easylink doctor`: checks configuration and the reach of every part.

use std::time::Instant;

use super::{Outcome, wait};
use crate::app::server;
use crate::base::clock::Clock;
use crate::base::config::{Config, DatabaseUrl};
use crate::base::crypto::Secret;
use crate::base::db::{Db, pending};
use crate::base::process;
use crate::services::keyring;

/// Prints every route: method, path, who is let in, how changes are guarded, most bytes of a body.
pub(super) fn routes(config: Config) -> Outcome {
    wait(async {
        let house = server::open(config, Clock::system()).await?;
        for route in server::routes(&house) {
            for one in route.listed() {
                println!("{}\t{}\t{}\t{}\t{}", one.method, one.path, one.who, one.guard, one.most_bytes);
            }
        }
        Ok(())
    })?
}

/// Below this many open files a few slow browsers stop everybody.
const FEW_FILES: u64 = 4096;

/// Whether the key folder goes with the database.
async fn keys(config: &Config) -> Result<String, String> {
    let db = Db::open(&config.database_url).map_err(|fault| fault.to_string())?;
    let ring = keyring::checked(&config.keys_dir(), &db).await.map_err(|fault| fault.to_string())?;
    Ok(match ring.generations() {
        0 => "none yet; the first start makes one".into(),
        1 => "1 generation, which goes with the database".into(),
        count => format!("{count} generations, which go with the database"),
    })
}

/// Prints one line for each part; fails when one of them does.
pub(super) fn check(config: Config) -> Outcome {
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
    let smtp = config.smtp_url.is_some();
    say("mail", Ok(if smtp { "a relay is set".into() } else { "no relay; mails stay in the data folder".into() }));
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
        let keys = keys(&config).await;
        let right = keys.is_ok();
        say("keys", keys);
        if !right {
            return;
        }
        match server::open(config, Clock::system()).await {
            Err(fault) => say("house", Err(fault.to_string())),
            Ok(house) => {
                let missing = house.db.read(pending).await;
                say(
                    "migrations",
                    match missing {
                        Ok(Ok(missing)) if missing.is_empty() => Ok("all applied".into()),
                        Ok(Ok(missing)) => Err(format!("missing: {}", missing.join(", "))),
                        Ok(Err(fault)) => Err(fault.to_string()),
                        Err(fault) => Err(fault.to_string()),
                    },
                );
                let started = Instant::now();
                let hashed = house.hasher.hash(Secret::new("how long does it take")).await;
                let took = format!("{} ms for one password", started.elapsed().as_millis());
                say("hasher", hashed.map(|_| took).map_err(|fault| fault.to_string()));
                let kept = house.storage.keep(bytes::Bytes::from_static(b"doctor")).await;
                let gone = match kept {
                    Ok(stored) => house.storage.delete(&stored.key).await,
                    Err(fault) => Err(fault),
                };
                say("storage", gone.map(|()| "writes and deletes".to_string()).map_err(|fault| fault.to_string()));
            }
        }
    })?;
    if well { Ok(()) } else { Err("something needs mending".into()) }
}
