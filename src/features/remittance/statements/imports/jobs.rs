//! The work behind an import: lines become entries, piece by piece, each piece in a transaction of its own.

use std::fs::File;
use std::future::Future;
use std::io::{BufReader, Read};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::Receiver;

use super::checking::{self, Expected, Refusal};
use super::lines::{Counted, Counting};
use super::model::ImportState;
use super::queries::{Import, NewImport};
use super::written::{before, reading_of, saved};
use super::{looking, moves, queries, source};
use crate::base::clock::Clock;
use crate::base::db::{Db, End};
use crate::base::types::{Moment, Money, Number};
use crate::features::remittance::fault::Fault;
use crate::features::remittance::statements::formats::{Format, Line};
use crate::features::remittance::{matching, receiving};
use crate::services::context::Context;
use crate::services::ledger::LedgerError;
use crate::services::storage::StorageFault;
use crate::web::House;
use crate::web::feature::JobSpec;

/// Every few seconds, so that whoever agreed sees it begin.
pub(in crate::features::remittance) const JOB: JobSpec =
    JobSpec { name: "statement_imports", every: Duration::from_secs(5), run };

/// How long a file waits for somebody to agree to what it says.
const WAITS: Duration = Duration::from_secs(7 * 86_400);
/// How long the operator's command may take for a file; it begins anew when it was stopped.
const COMMAND: Duration = Duration::from_secs(86_400);

fn run(house: Data<House>, now: Moment) -> Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        let ctx = house.own_context(now);
        let (mut above, mut failed) = (0, 0);
        // One that cannot be imported now keeps no other back, nor what was imported already.
        while let Some(import) = one(&house.db, move |conn| queries::next(conn, above)).await? {
            above = import.id;
            if let Err(cause) = import_stored(&house, &ctx, &import).await {
                tracing::error!(event = "statement_not_imported", import = %import.number, cause = %cause);
                failed += 1;
            }
        }
        let tolerance = house.config.money.charges_tolerance;
        let looked = matching::look_at_all(&house.db, (&ctx, &house.clock), tolerance).await;
        expire(&house, &ctx).await?;
        looked?;
        if failed > 0 { Err(format!("{failed} files were not imported")) } else { Ok(()) }
    })
}

async fn one<T: Send + 'static>(
    db: &Db,
    find: impl FnOnce(&mut crate::base::db::Conn) -> diesel::QueryResult<T> + Send + 'static,
) -> Result<T, String> {
    db.read(find).await.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())
}

/// Imports a file that lies in the storage, from where it was left. The file goes when the import is over.
async fn import_stored(house: &House, ctx: &Context, import: &Import) -> Result<(), String> {
    let key = import.file_key.clone().ok_or("an import without its file")?;
    let size = u64::try_from(import.file_size).unwrap_or_default();
    let reading = reading_of(import).map_err(|fault| fault.to_string())?;
    let source = match source::stored(&house.storage, &key, size, house.keys.clone()).await {
        Ok(source) => source,
        Err(StorageFault::NotFound) => return fail(&house.db, ctx, import, "the file is not there any more").await,
        Err(fault) => return Err(fault.to_string()),
    };
    let (lines, ended) = source::lines(reading, source);
    let read = match bring_all(&house.db, (ctx, &house.clock), import, lines, &|_| ()).await {
        Ok((_, read)) => read,
        // The same would be wrong with it every time.
        Err(Unbrought::Never(why)) => {
            fail(&house.db, ctx, import, &why).await?;
            return house.storage.delete(&key).await.map_err(|fault| fault.to_string());
        }
        Err(Unbrought::Now(why)) => return Err(why),
    };
    let wrong = match ended.await.map_err(|fault| fault.to_string())? {
        Err(wrong) => Some(format!("line {} cannot be read any more", wrong.line)),
        Ok(_) if read < import.entries => Some("the file ends earlier than it did".to_string()),
        Ok(_) => None,
    };
    if let Some(wrong) = wrong {
        // It was well when it came: the storage lost it, or the key ring did.
        // What stands in its lines is somebody's transfer, and is neither logged nor kept.
        fail(&house.db, ctx, import, &wrong).await?;
    }
    house.storage.delete(&key).await.map_err(|fault| fault.to_string())
}

/// Ends an import that cannot be read to its end.
async fn fail(db: &Db, ctx: &Context, import: &Import, why: &str) -> Result<(), String> {
    tracing::error!(event = "statement_lost", import = %import.number, why);
    let (ctx, import, why) = (ctx.clone(), import.clone(), why.to_string());
    let failed = db.write(move |conn| match moves::fail(conn, &ctx, &import, &why) {
        Ok(()) | Err(Fault::Changed) => End::Keep(Ok(())),
        Err(fault) => End::Undo(Err(fault.to_string())),
    });
    failed.await.map_err(|fault| fault.to_string())?
}

/// Drops files that nobody agreed to, and ends imports whose command was stopped.
async fn expire(house: &House, ctx: &Context) -> Result<(), String> {
    let (files, commands) = (ctx.now.minus(WAITS), ctx.now.minus(COMMAND));
    for import in one(&house.db, move |conn| queries::stale(conn, files, commands)).await? {
        let (ctx, key) = (ctx.clone(), import.file_key.clone());
        let ended = house.db.write(move |conn| match moves::expire(conn, &ctx, &import) {
            Ok(()) => End::Keep(Ok(true)),
            // Somebody agreed to it at this very moment: its file is needed.
            Err(Fault::Changed) => End::Keep(Ok(false)),
            Err(fault) => End::Undo(Err(fault.to_string())),
        });
        let expired = ended.await.map_err(|fault| fault.to_string())??;
        if let Some(key) = key.filter(|_| expired) {
            house.storage.delete(&key).await.map_err(|fault| fault.to_string())?;
        }
    }
    Ok(())
}

/// Why lines became no entries.
enum Unbrought {
    /// What the file says will never fit. In words for whoever brought it.
    Never(String),
    /// Something failed that may be mended by the next time.
    Now(String),
}

impl Unbrought {
    /// Of the lines after `before` others, up to `read`.
    fn of(fault: &Fault, before: i64, read: i64) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error};
        let why = match fault {
            Fault::Ledger(LedgerError::Overflow) => "a balance would be larger than the books can hold",
            Fault::Ledger(LedgerError::Database(Error::DatabaseError(kind, _)))
            | Fault::Database(Error::DatabaseError(kind, _))
                if matches!(
                    kind,
                    Kind::CheckViolation | Kind::NotNullViolation | Kind::UniqueViolation | Kind::ForeignKeyViolation
                ) =>
            {
                "one of them has not the form that an entry must have"
            }
            fault => return Self::Now(fault.to_string()),
        };
        Self::Never(format!("the entries {} to {read} cannot be kept: {why}", before + 1))
    }
}

/// Makes entries of all lines that come, but for those that were read before. Answers how many nobody knew, and how many there are.
async fn bring_all(
    db: &Db,
    (ctx, clock): (&Context, &Clock),
    import: &Import,
    mut lines: Receiver<Vec<Line>>,
    told: &(dyn Fn(i64) + Sync),
) -> Result<(i64, i64), Unbrought> {
    let (mut counting, mut read, mut fresh) = (Counting::default(), 0_i64, 0);
    while let Some(piece) = lines.recv().await {
        let counted: Vec<_> = piece.into_iter().map(|line| counting.next(&ctx.keys, line)).collect();
        let before = read;
        read += i64::try_from(counted.len()).unwrap_or(i64::MAX);
        // A piece is kept wholly or not at all, so what was read before ends with one.
        if read <= import.done {
            continue;
        }
        // Each piece is booked when it is: a day that is over changes no more.
        fresh += bring(db, &ctx.at(clock.now()), import, (before, read), counted).await?;
        told(read);
    }
    if import.entries == 0 {
        // A day on which nothing happened is over at once.
        bring(db, &ctx.at(clock.now()), import, (0, 0), Vec::new()).await?;
    }
    Ok((fresh, read))
}

/// How often a piece is tried while others change what it meets.
const TRIES: usize = 5;

/// Makes entries of a piece, and answers how many nobody knew.
async fn bring(
    db: &Db,
    ctx: &Context,
    import: &Import,
    (before, read): (i64, i64),
    counted: Vec<Counted>,
) -> Result<i64, Unbrought> {
    let counted = Arc::new(counted);
    for _ in 0..TRIES {
        let (ctx, number, counted) = (ctx.clone(), import.number.clone(), Arc::clone(&counted));
        let kept = db.write(move |conn| match moves::bring(conn, &ctx, &number, before, &counted) {
            Ok(fresh) => End::Keep(Ok(Some(fresh))),
            // Somebody typed one of the lines in, or decided about it, at this very moment.
            Err(Fault::Changed) => End::Undo(Ok(None)),
            Err(fault) => End::Undo(Err(Unbrought::of(&fault, before, read))),
        });
        if let Some(fresh) = kept.await.map_err(|fault| Unbrought::Now(fault.to_string()))?? {
            return Ok(fresh);
        }
    }
    Err(Unbrought::Now(Fault::Changed.to_string()))
}

/// What a file brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Entries in the file.
    pub entries: u64,
    /// Those that nobody knew.
    pub fresh: u64,
}

/// Why the operator's command imported nothing.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// The file cannot be opened.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// No receiving account is the one that the file is of, or several may be.
    #[error("the file is of none of the receiving accounts, or may be of several: name one by --account")]
    Account,
    /// The file is refused; nothing of it was kept.
    #[error("{0}; nothing was imported")]
    Refused(String),
    /// The portal failed.
    #[error("{0}")]
    Failed(String),
}

/// How far the operator's command came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many entries of so many are kept.
    Kept(u64, u64),
    /// All so many are, and the rules look at what nobody looked at yet.
    Looking(u64),
}

/// Imports a file of the operator's, and lets the rules look at what it brought.
///
/// `tolerance` is what may be lost to banks on the way; `told` is told of each step.
pub async fn by_command(
    db: &Db,
    (ctx, clock, zone): (&Context, &Clock, &TimeZone),
    path: &Path,
    account: Option<&str>,
    (tolerance, told): (Money, &(dyn Fn(Step) + Sync)),
) -> Result<Imported, NotImported> {
    let failed = |fault: String| NotImported::Failed(fault);
    let known = one(db, receiving::known).await.map_err(failed)?;
    let wanted: Vec<_> = known
        .into_iter()
        .filter(|one| account.is_none_or(|text| crate::features::remittance::model::signs(text) == one.account_key))
        .collect();
    let (today, mut head) = (ctx.now.day(zone), Vec::new());
    File::open(path)?.take(checking::HEAD).read_to_end(&mut head)?;
    let mut refused = None;
    let mut fitting = Vec::new();
    for receiving in wanted {
        let expected = Expected { account_key: receiving.account_key.clone(), currency: receiving.currency.clone() };
        let account = receiving.clone();
        let (kept, mapping_id) = one(db, move |conn| before(conn, &account)).await.map_err(failed)?;
        let readings = checking::readings(&head, &expected, &kept);
        let open = || async { File::open(path).map(BufReader::new).map_err(|fault| fault.to_string()) };
        let looked = looking::through(readings, open, &expected, today).await.map_err(failed)?;
        let (reading, checked) = looked.ok_or_else(|| NotImported::Refused("it is no statement".to_string()))?;
        match checked {
            Ok(report) => fitting.push((receiving, reading, mapping_id, report)),
            Err(Refusal::Foreign(..)) => {}
            Err(Refusal::Wrong(wrong)) => refused = Some(wrong.to_string()),
            Err(Refusal::Empty) => refused = Some("it holds no entry".to_string()),
        }
    }
    if fitting.is_empty()
        && let Some(refused) = refused
    {
        return Err(NotImported::Refused(refused));
    }
    let (Some((receiving, reading, mapping_id, report)), true) = (fitting.pop(), fitting.is_empty()) else {
        return Err(NotImported::Account);
    };
    let (format, how) = saved(&reading, report.dialect).map_err(|fault| failed(fault.to_string()))?;
    let new = NewImport {
        receiving,
        format,
        reading: how,
        mapping_id: mapping_id.filter(|_| format == Format::Csv),
        file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        file_key: None,
        file_size: i64::try_from(path.metadata()?.len()).unwrap_or(i64::MAX),
        // Nothing lies in the storage: the job must not look for it, so it is agreed to piece by piece here.
        state: ImportState::Importing,
        person_id: ctx.author.person_id,
    };
    let (kept_ctx, entries) = (ctx.clone(), report.entries);
    let begun = db.write(move |conn| match begin(conn, &kept_ctx, &new, &report) {
        Ok(import) => End::Keep(Ok(import)),
        Err(fault) => End::Undo(Err(fault.to_string())),
    });
    let import = begun.await.map_err(|fault| failed(fault.to_string()))?.map_err(failed)?;
    let (lines, ended) = source::lines(reading, BufReader::new(File::open(path)?));
    let kept = |read: i64| told(Step::Kept(u64::try_from(read).unwrap_or_default(), entries));
    let fresh = match bring_all(db, (ctx, clock), &import, lines, &kept).await {
        Ok((fresh, _)) => fresh,
        // Nobody goes on with it: the command is given once more, and what is known counts once.
        Err(Unbrought::Never(why) | Unbrought::Now(why)) => {
            fail(db, ctx, &import, &why).await.map_err(failed)?;
            return Err(failed(why));
        }
    };
    ended.await.map_err(|fault| failed(fault.to_string()))?.map_err(|wrong| NotImported::Refused(wrong.to_string()))?;
    told(Step::Looking(entries));
    matching::look_at_all(db, (ctx, clock), tolerance).await.map_err(failed)?;
    Ok(Imported { entries, fresh: u64::try_from(fresh).unwrap_or_default() })
}

pub(super) fn begin(
    conn: &mut crate::base::db::Conn,
    ctx: &Context,
    new: &NewImport,
    report: &checking::Report,
) -> Result<Import, Fault> {
    let number: Number = moves::checked(conn, ctx, new, report)?;
    queries::one(conn, &number)?.ok_or(Fault::NotFound)
}
