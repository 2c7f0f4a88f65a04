//! `cargo bench`: the portal beside a bare actix server on the same machine, from the same client, in the same run, in
//! alternating rounds. Prints a table and which targets of `docs/performance.md` are met; asserts nothing about time.
//!
//! `cargo bench -- --quick` runs fewer and shorter rounds; `--once` only shows that everything runs, on small databases.
//! `--only WORK` and `--on sqlite|postgresql` leave out the rest, for whoever works at one thing.
#![allow(missing_docs, reason = "nobody calls it")]

mod browser;
mod client;
mod hello;
mod measure;
mod postgres;
mod process;
mod report;
mod seed;
mod stats;
mod wire;

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use measure::{Findings, Plan, Work};
use postgres::Postgres;
use process::Server;
use seed::Site;

type Fault = Box<dyn std::error::Error>;
type Outcome<T> = Result<T, Fault>;

/// The portal itself, built with the bench.
const PROGRAM: &str = env!("CARGO_BIN_EXE_easylink");
const FULL: Plan = Plan {
    sizes: [10_000, 100_000, 1_000_000],
    rounds: 7,
    stretch: Duration::from_secs(4),
    starts: 11,
    forms: 12_000,
    sign_ins: 300,
    only: None,
};
const QUICK: Plan = Plan { rounds: 3, stretch: Duration::from_secs(1), starts: 5, forms: 3_000, sign_ins: 80, ..FULL };
const ONCE: Plan = Plan {
    sizes: [1_000, 2_000, 3_000],
    rounds: 1,
    stretch: Duration::from_millis(200),
    starts: 1,
    forms: 50,
    sign_ins: 8,
    only: None,
};

const USAGE: &str = "usage: cargo bench [-- [--quick | --once] [--on sqlite | postgresql] [--only login | search | \
     product | list | ticket | post | sign-in | large-list]]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    let done = match asked[..] {
        ["--hello", address] => hello::serve(address).map_err(Fault::from),
        _ => wanted(&asked).ok_or_else(|| USAGE.into()).and_then(|(plan, on)| run(&plan, on)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("load: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// What the words of the command line ask for: the plan, and the one database when not both.
fn wanted<'a>(mut words: &[&'a str]) -> Option<(Plan, Option<&'a str>)> {
    let (mut plan, mut on) = (FULL, None);
    loop {
        words = match words {
            [] => return Some((plan, on)),
            ["--quick", rest @ ..] => {
                plan = Plan { only: plan.only, ..QUICK };
                rest
            }
            ["--once", rest @ ..] => {
                plan = Plan { only: plan.only, ..ONCE };
                rest
            }
            ["--on", engine @ ("sqlite" | "postgresql"), rest @ ..] => {
                on = Some(*engine);
                rest
            }
            ["--only", work, rest @ ..] => {
                plan.only = Some(Work::named(work)?);
                rest
            }
            _ => return None,
        };
    }
}

fn run(plan: &Plan, on: Option<&str>) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("easylink-load-").tempdir()?;
    let hello = Server::hello()?;
    let mut all = Vec::new();
    if on != Some("postgresql") {
        let sqlite = |tickets: i64, own: &Path| Ok(format!("sqlite://{}", own.join(format!("{tickets}.db")).display()));
        all.push(one("SQLite", plan, &hello, folder.path(), sqlite)?);
    }
    let postgres = if on == Some("sqlite") { None } else { Postgres::start(folder.path())? };
    let version = postgres.as_ref().map(Postgres::version).transpose()?;
    if let Some(server) = &postgres {
        let database = |tickets: i64, _: &Path| server.database(&format!("easylink_{tickets}"));
        all.push(one("PostgreSQL", plan, &hello, folder.path(), database)?);
    }
    print!("{}", report::written(plan, &all, version.as_deref()));
    Ok(())
}

/// Makes the databases of one engine and measures on them.
fn one(
    engine: &'static str,
    plan: &Plan,
    hello: &Server,
    folder: &Path,
    database: impl Fn(i64, &Path) -> Outcome<String>,
) -> Outcome<Findings> {
    let mut sites = Vec::new();
    for &tickets in plan.databases() {
        eprintln!("{engine}: writing {tickets} work orders");
        let own = folder.join(format!("{engine}-{tickets}"));
        std::fs::DirBuilder::new().mode(0o700).create(&own)?;
        let site = Site { database: database(tickets, &own)?, folder: own, tickets };
        process::migrate(Path::new(PROGRAM), &site.folder, &site.database)?;
        site.fill()?;
        sites.push(site);
    }
    measure::engine(engine, plan, hello, Path::new(PROGRAM), &sites)
}
