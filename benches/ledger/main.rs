//! `cargo bench --bench ledger`: how fast the ledger posts, and how long the import of a large statement takes and how much
//! memory it holds, on both databases. Prints figures and asserts nothing about them.
//!
//! `-- --once` only shows that everything runs; `-- --entries N` imports so many; `-- --on sqlite|postgresql` leaves out the
//! other database.
#![allow(missing_docs, reason = "nobody calls it")]

#[allow(dead_code, reason = "the other bench uses the rest")]
#[path = "../load/postgres.rs"]
mod postgres;

use std::fs::{DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use easylink::base::clock::Clock;
use easylink::base::config::DatabaseUrl;
use easylink::base::crypto::Keys;
use easylink::base::db::{Conn, Db, End};
use easylink::base::types::{Money, Number};
use easylink::services::context::{Author, AuthorKind, Context};
use easylink::services::keyring;
use easylink::services::ledger::{self, Posting, TransactionKind};
use postgres::Postgres;

type Fault = Box<dyn std::error::Error>;
type Outcome<T> = Result<T, Fault>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_easylink");
const ACCOUNT: &str = "310000012345";
/// What the import needs: two people and the receiving account that takes both.
const ROWS: &str = "insert into subjects (created_at) values (0), (0); \
    insert into people (public_id, subject_id, kind, address, state, created_at) select \
    'bench-' || id, id, 'staff', 'bench' || id || '@staff.example.com', 'active', 0 from subjects; \
    insert into receiving_accounts (number, bank_name, holder, account_number, account_key, currency, instructions, \
    state, proposed_by_id, opened_by_id, created_at) select 'NUMBER', 'Bank of the bench', 'Easy Link', \
    '310000012345', '310000012345', 'CNY', '', 'open', min(id), max(id), 0 from people;";

struct Plan {
    entries: u64,
    posting: Duration,
    on: Option<String>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let after = |word: &str| words.iter().position(|one| one == word).and_then(|at| words.get(at + 1)).cloned();
    let once = words.iter().any(|word| word == "--once");
    let plan = Plan {
        entries: after("--entries").and_then(|text| text.parse().ok()).unwrap_or(if once { 1_000 } else { 100_000 }),
        posting: Duration::from_millis(if once { 200 } else { 5_000 }),
        on: after("--on"),
    };
    match run(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("ledger: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(plan: &Plan) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let wanted = |name: &str| plan.on.as_deref().is_none_or(|on| on == name);
    if wanted("sqlite") {
        let address = format!("sqlite://{}", folder.path().join("ledger.db").display());
        measured("SQLite", &folder.path().join("sqlite"), &address, plan)?;
    }
    if wanted("postgresql") {
        let Some(server) = Postgres::start(folder.path())? else { return Ok(()) };
        let address = server.database("ledger")?;
        measured(&format!("PostgreSQL {}", server.version()?), &folder.path().join("of-postgresql"), &address, plan)?;
    }
    Ok(())
}

/// All figures of one database.
fn measured(name: &str, folder: &Path, database: &str, plan: &Plan) -> Outcome<()> {
    // Keys lie in it: the program takes no folder that others may open.
    DirBuilder::new().mode(0o700).create(folder)?;
    program(folder, database, &["migrate"])?;
    seeded(folder, database)?;
    for writers in [1, 8] {
        let (made, took) = posted(database, writers, plan.posting)?;
        #[allow(clippy::cast_precision_loss, reason = "a rate")]
        let rate = made as f64 / took.as_secs_f64();
        println!("{name}: {rate:.0} transfers/s by {writers} writers");
    }
    for (format, file) in [("camt.053", camt053(folder, plan.entries)?), ("MT940", mt940(folder, plan.entries)?)] {
        let begun = Instant::now();
        let peak = program(folder, database, &["statement", "import", &file.display().to_string()])?;
        println!(
            "{name}: {} entries of {format} ({} MiB) in {:.1} s, at most {peak} MiB of memory",
            plan.entries,
            std::fs::metadata(&file)?.len() / (1024 * 1024),
            begun.elapsed().as_secs_f64(),
        );
    }
    Ok(())
}

/// Runs the program and answers the most memory that it held, MiB (`VmHWM`).
fn program(folder: &Path, database: &str, words: &[&str]) -> Outcome<u64> {
    let mut child = Command::new(PROGRAM)
        .args(words)
        .env_clear()
        .env("EASYLINK_DATA_DIR", folder)
        .env("DATABASE_URL", database)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let said = std::fs::read_to_string(&path).unwrap_or_default();
        let found = said.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(found.unwrap_or(0_u64));
        if let Some(status) = child.try_wait()? {
            return if status.success() {
                Ok(peak / 1024)
            } else {
                Err(format!("easylink {words:?}: {status}").into())
            };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Lays the rows and the first key.
fn seeded(folder: &Path, database: &str) -> Outcome<()> {
    let url = DatabaseUrl::parse(database).ok_or("no address of a database")?;
    let rows = &ROWS.replace("NUMBER", Number::random('B').as_str());
    match &url {
        DatabaseUrl::Sqlite(path) => SqliteConnection::establish(&path.to_string_lossy())?.batch_execute(rows)?,
        DatabaseUrl::Postgres(_) => PgConnection::establish(database)?.batch_execute(rows)?,
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = Db::open(&url)?;
        keyring::open(&folder.join("keys"), &db, Clock::system().now()).await?;
        Ok(())
    })
}

/// How many transfers so many writers post until the time is over, each in a transaction of its own, all of them between the
/// same two accounts: what every credit of the house does.
fn posted(database: &str, writers: usize, span: Duration) -> Outcome<(u64, Duration)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let url = DatabaseUrl::parse(database).ok_or("no address of a database")?;
    runtime.block_on(async {
        let db = Db::open(&url)?;
        let bank = Number::random('B');
        let begun = Instant::now();
        let mut running = Vec::new();
        for _ in 0..writers {
            let (db, ctx, bank) = (db.clone(), context(), bank.clone());
            running.push(tokio::spawn(async move {
                let mut made = 0_u64;
                while begun.elapsed() < span {
                    let (ctx, bank) = (ctx.clone(), bank.clone());
                    let done = db.write(move |conn| match post(conn, &ctx, &bank) {
                        Ok(()) => End::Keep(Ok(())),
                        Err(fault) => End::Undo(Err(fault.to_string())),
                    });
                    done.await.map_err(|fault| fault.to_string())??;
                    made += 1;
                }
                Ok::<u64, String>(made)
            }));
        }
        let mut made = 0;
        for one in running {
            made += one.await??;
        }
        Ok((made, begun.elapsed()))
    })
}

fn post(conn: &mut Conn, ctx: &Context, bank: &Number) -> Result<(), ledger::LedgerError> {
    let suspense = ledger::suspense(conn, "CNY", ctx.now)?;
    let bank = ledger::bank(conn, bank, "CNY", ctx.now)?;
    let transfers = vec![(bank, suspense, Money(100))];
    ledger::post(conn, ctx, Posting { kind: TransactionKind::ReceiveEntry, object: None, transfers })?;
    Ok(())
}

fn context() -> Context {
    Context {
        now: Clock::system().now(),
        keys: std::sync::Arc::new(Keys::fixed(1)),
        base_url: "https://easylink.example.com".into(),
        network: "".into(),
        device: "".into(),
        author: Author::nobody(AuthorKind::System),
    }
}

/// A camt.053 of one day with so many entries that came in.
fn camt053(folder: &Path, entries: u64) -> Outcome<PathBuf> {
    let path = folder.join("large.xml");
    let mut file = BufWriter::new(File::create(&path)?);
    let balance = |code: &str, cents: u64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{}.{:02}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-26</Dt></Dt></Bal>",
            cents / 100,
            cents % 100
        )
    };
    write!(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-26T20:00:00</CreDtTm></GrpHdr>\n<Stmt><Id>S1</Id>\
         <CreDtTm>2026-11-26T20:00:00</CreDtTm><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{}{}\n",
        balance("OPBD", 0),
        balance("CLBD", entries * 100),
    )?;
    for nth in 0..entries {
        writeln!(
            file,
            "<Ntry><Amt Ccy=\"CNY\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-26</Dt>\
             </BookgDt><ValDt><Dt>2026-11-26</Dt></ValDt><AcctSvcrRef>X{nth:08}</AcctSvcrRef><BkTxCd><Prtry><Cd>NTRF</Cd>\
             </Prtry></BkTxCd><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Customer {nth}</Nm></Dbtr></RltdPties><RmtInf>\
             <Ustrd>top up {nth}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )?;
    }
    writeln!(file, "</Stmt></BkToCstmrStmt></Document>")?;
    file.flush()?;
    Ok(path)
}

/// The same as MT940, with other serial numbers.
fn mt940(folder: &Path, entries: u64) -> Outcome<PathBuf> {
    let path = folder.join("large.sta");
    let mut file = BufWriter::new(File::create(&path)?);
    write!(file, ":20:LARGE\r\n:25:{ACCOUNT}\r\n:28C:1/1\r\n:60F:C261126CNY0,00\r\n")?;
    for nth in 0..entries {
        write!(file, ":61:2611261126C1,00NTRFNONREF//M{nth:08}\r\n:86:/NAME/Customer {nth}/REMI/top up {nth}\r\n")?;
    }
    write!(file, ":62F:C261126CNY{entries},00\r\n-\r\n")?;
    file.flush()?;
    Ok(path)
}
