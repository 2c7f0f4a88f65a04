//! `cargo bench`: the portal beside a bare actix server on the same machine, from the same client, in the same run, in
//! alternating rounds. Prints a table and which targets of `docs/performance.md` are met; asserts nothing about time.
//!
//! `cargo bench -- --quick` runs fewer and shorter rounds; `--once` only shows that everything runs, on small databases.
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

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use measure::{Findings, Plan};
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
};
const QUICK: Plan = Plan { rounds: 3, stretch: Duration::from_secs(1), starts: 5, forms: 3_000, sign_ins: 80, ..FULL };
const ONCE: Plan = Plan {
    sizes: [1_000, 2_000, 3_000],
    rounds: 1,
    stretch: Duration::from_millis(200),
    starts: 1,
    forms: 50,
    sign_ins: 8,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--bench").collect();
    let done = match asked[..] {
        ["--hello", address] => hello::serve(address).map_err(Fault::from),
        [] => run(&FULL),
        ["--quick"] => run(&QUICK),
        ["--once"] => run(&ONCE),
        _ => Err("usage: cargo bench [-- --quick | --once]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("load: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(plan: &Plan) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("easylink-load-").tempdir()?;
    let hello = Server::hello()?;
    let sqlite = |tickets: i64, own: &Path| Ok(format!("sqlite://{}", own.join(format!("{tickets}.db")).display()));
    let mut all = vec![one("SQLite", plan, &hello, folder.path(), sqlite)?];
    let postgres = Postgres::start(folder.path())?;
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
    for tickets in plan.sizes {
        eprintln!("{engine}: writing {tickets} work orders");
        let own = folder.join(format!("{engine}-{tickets}"));
        std::fs::create_dir(&own)?;
        let site = Site { database: database(tickets, &own)?, folder: own, tickets };
        process::migrate(Path::new(PROGRAM), &site.folder, &site.database)?;
        site.fill()?;
        sites.push(site);
    }
    measure::engine(engine, plan, hello, Path::new(PROGRAM), &sites)
}
