//! Files of a form. They are streamed to storage and become rows of the person before the form's own change, which
//! adopts them: when another field is wrong the form comes back and what was accepted is kept (24 hours).
//! Nothing is read before the caller is admitted and the token, which stands before the files in the page, was right.

use std::time::Duration;

use actix_multipart::Field;
use actix_web::web::Data;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::forms::{Errors, FieldError, Form, Kept};
use super::held::picture_error;
use super::house::House;
use super::limits::{self, Limit};
use super::parts::{self, Incoming, Parts};
use super::queries;
use super::received::{Arriving, Loose, landed};
use super::visit::{MayWrite, Visit};
use crate::base::db::{Conn, End};
use crate::base::types::{Moment, Number};
use crate::services::context::Context;
use crate::services::storage::{Kind, PictureFault, StorageFault, display_name, extension_agrees};

/// What one form takes.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    /// Which form it is for; a file is adopted only by the purpose it was sent for.
    pub purpose: &'static str,
    /// The name of the file field.
    pub field: &'static str,
    /// How many files at once.
    pub most_files: usize,
    /// Bytes of one file.
    pub most_bytes: u64,
    /// Bytes of all files of one post.
    pub most_together: u64,
    /// Which kinds.
    pub kinds: &'static [Kind],
    /// Whether they are text of class S, which is kept sealed.
    pub sealed: bool,
}

/// A file that was received and is not adopted yet.
#[derive(Debug, Clone, diesel::Queryable)]
pub struct Upload {
    /// Its public number.
    pub number: String,
    /// Its name, fit for showing.
    pub file_name: String,
    /// Media type.
    pub media_kind: String,
    /// Bytes.
    pub size: i64,
    /// Where it lies.
    pub storage_key: String,
}

impl Upload {
    /// As the form shows what was kept.
    pub fn kept(&self) -> Kept {
        Kept { id: self.number.clone(), name: self.file_name.clone(), bytes: u64::try_from(self.size).unwrap_or(0) }
    }
}

/// A form whose files have been received.
pub struct Sent<F> {
    /// The form.
    pub form: Form<F>,
    /// The numbers of files that were accepted before and came along with it.
    pub kept: Vec<String>,
    /// The files that were accepted now.
    pub uploads: Vec<Upload>,
    /// What was wrong with the others.
    pub errors: Errors,
}

impl<F> Sent<F> {
    fn of(form: Form<F>, uploads: Vec<Upload>, errors: Errors) -> Self {
        Self { kept: form.kept().to_vec(), form, uploads, errors }
    }
}

/// What is read and thrown away of files that are too large together, so that whoever sent too much gets the page
/// back.
const MOST_OVER: u64 = 100 * 1024 * 1024;
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// Files of one person in an hour, those included that are refused.
const UPLOADS: Limit = Limit::of(200, 3600);
/// Bytes of one person in an hour: 2 GiB, counted in pieces that are begun.
const PIECES: Limit = Limit::of(512, 3600);
pub(super) const PIECE: u64 = 4 * 1024 * 1024;
const SWEPT_AT_ONCE: i64 = 500;
/// The purpose of files that nothing names any more.
const GIVEN_UP: &str = "given_up";

/// Receives a form with files from somebody who is admitted first.
pub async fn receive<A: MayWrite, F: DeserializeOwned>(
    visit: &Visit<A>,
    parts: Parts,
    takes: Takes,
) -> Result<Sent<F>, Error> {
    let (shell, ctx) = match visit.read(|_, actor| Ok(actor.context().clone())).await {
        Ok(admitted) => admitted,
        Err(error) => {
            if matches!(error, Error::SignIn(_) | Error::StepUp) {
                parts::salvage(visit.request(), parts).await;
            }
            return Err(error);
        }
    };
    visit.remember(shell.face);
    let mut arriving = Arriving::new(visit.house());
    let mut errors = Errors::none();
    let mut together = 0;
    let form = parts::read(visit.request(), &ctx, parts, async |incoming: Incoming<'_>| {
        let already = if incoming.counts { arriving.uploads.len() } else { takes.most_files };
        match file_part(visit, &ctx, incoming.part, incoming.file_name, takes, &mut together, already).await? {
            Part::Nothing => {}
            Part::Kept(upload) => arriving.uploads.push(upload),
            Part::Wrong(error) => errors.add(takes.field, error),
        }
        Ok(())
    });
    let form = form.await?;
    Ok(Sent::of(form, arriving.whole(), errors))
}

enum Part {
    /// An empty file field.
    Nothing,
    Kept(Upload),
    Wrong(FieldError),
}

/// Streams one file. What is wrong with it is found while it streams; the rest is then read and thrown away, up to the
/// bound of the whole post, so that the browser gets its page and not a cut connection.
async fn file_part<A: MayWrite>(
    visit: &Visit<A>,
    ctx: &Context,
    part: &mut Field,
    given_name: &str,
    takes: Takes,
    together: &mut u64,
    already: usize,
) -> Result<Part, Error> {
    let storage = &visit.house().storage;
    let file_name = &display_name(given_name);
    let mut writer = None;
    let mut pieces = 0;
    let mut wrong = (already >= takes.most_files).then_some(FieldError::TooManyFiles(takes.most_files as u64));
    let mut size = 0_u64;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest)?;
        if chunk.is_empty() {
            continue;
        }
        size += chunk.len() as u64;
        *together += chunk.len() as u64;
        if *together > takes.most_together + MOST_OVER {
            return Err(Error::TooLarge);
        }
        // Counted before anything is done with it, so that refused files cost their sender as much as others.
        let begun = size.div_ceil(PIECE);
        if begun > pieces {
            count_pieces(visit.house(), ctx, pieces == 0, begun - pieces).await?;
            pieces = begun;
        }
        if wrong.is_none() && *together > takes.most_together {
            wrong = Some(FieldError::FilesTooLarge(takes.most_together));
        }
        if wrong.is_some() {
            continue;
        }
        let open = if let Some(open) = &mut writer {
            open
        } else {
            let keys = visit.house().keys.clone();
            let begun = if takes.sealed {
                storage.sealed_writer(takes.most_bytes, keys).await
            } else {
                storage.writer(takes.most_bytes).await
            };
            writer.insert(begun.map_err(broken)?)
        };
        match open.write(chunk).await {
            Ok(()) => {}
            Err(StorageFault::TooLarge) => wrong = Some(FieldError::FileTooLarge(takes.most_bytes)),
            Err(fault) => return Err(broken(fault)),
        }
    }
    if size == 0 {
        // A file field in which nothing was chosen is sent without a name.
        return Ok(if given_name.is_empty() { Part::Nothing } else { Part::Wrong(FieldError::FileEmpty) });
    }
    let writer = match (writer, wrong) {
        (Some(writer), None) => writer,
        (writer, wrong) => {
            if let Some(writer) = writer {
                writer.abort().await;
            }
            return Ok(wrong.map_or(Part::Nothing, Part::Wrong));
        }
    };
    let file = landed(storage, writer.finish()).await.map_err(broken)?;
    let kind = file.kind().filter(|kind| takes.kinds.contains(kind) && extension_agrees(*kind, file_name));
    let Some(kind) = kind else {
        file.delete().await.map_err(broken)?;
        return Ok(Part::Wrong(FieldError::FileType));
    };
    let file = if kind.picture() {
        match develop(visit.house(), file, kind).await? {
            Ok(developed) => developed,
            Err(error) => return Ok(Part::Wrong(error)),
        }
    } else {
        file
    };
    keep(visit.house(), ctx, takes, file_name, kind, file).await.map(Part::Kept)
}

/// Pictures are decoded and encoded anew: what else was in the file is gone (UP4).
async fn develop(house: &House, received: Loose, kind: Kind) -> Result<Result<Loose, FieldError>, Error> {
    let raw = house.storage.bytes(received.key()).await.map_err(broken)?;
    received.delete().await.map_err(broken)?;
    match house.darkroom.develop(raw, kind).await {
        Ok(picture) => {
            let storage = house.storage.clone();
            let kept = async move { storage.keep(picture.bytes).await };
            Ok(Ok(landed(&house.storage, kept).await.map_err(broken)?))
        }
        Err(PictureFault::Full | PictureFault::TooSlow) => {
            Err(Error::Unavailable("the picture workers are busy".into()))
        }
        Err(fault) => Ok(Err(picture_error(fault))),
    }
}

/// Counts a file at its first piece, and every piece of it.
pub(super) async fn count_pieces(house: &House, ctx: &Context, first: bool, pieces: u64) -> Result<(), Error> {
    let person = ctx.author.person_id.ok_or(Error::Forbidden)?.to_string();
    let ctx = ctx.clone();
    let counted = house.db.write(move |conn| {
        let counters = [("upload", UPLOADS, u64::from(first)), ("upload_pieces", PIECES, pieces)];
        for (what, limit, times) in counters {
            let bucket = limits::bucket(&ctx.keys, what, &[&person]);
            for _ in 0..times {
                match limits::count(conn, &bucket, limit, ctx.now) {
                    Ok(count) => {
                        if let Some(wait) = count.over {
                            return End::Keep(Err(Error::too_many(wait)));
                        }
                    }
                    Err(fault) => return End::Undo(Err(fault.into())),
                }
            }
        }
        End::Keep(Ok(()))
    });
    counted.await?
}

async fn keep(
    house: &House,
    ctx: &Context,
    takes: Takes,
    file_name: &str,
    kind: Kind,
    file: Loose,
) -> Result<Upload, Error> {
    let person = ctx.author.person_id.ok_or(Error::Forbidden)?;
    let upload = Upload {
        number: Number::random('U').as_str().to_string(),
        file_name: file_name.to_string(),
        media_kind: kind.media_type().to_string(),
        size: i64::try_from(file.size()).unwrap_or(i64::MAX),
        storage_key: file.key().to_string(),
    };
    let (row, ctx) = (upload.clone(), ctx.clone());
    let kept = house.db.write(move |conn| {
        match queries::keep_upload(conn, person, takes.purpose, &row, ctx.now, ctx.now.plus(LIFE)) {
            Ok(()) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(Error::from(fault))),
        }
    });
    match kept.await.map_err(Error::from).flatten() {
        Ok(()) => file.settled(),
        Err(error) => {
            file.delete().await.map_err(broken)?;
            return Err(error);
        }
    }
    Ok(upload)
}

/// Takes over the person's own uploads of this purpose in the running transaction; other numbers are passed over.
pub fn adopt(conn: &mut Conn, ctx: &Context, purpose: &str, numbers: &[String]) -> diesel::QueryResult<Vec<Upload>> {
    match ctx.author.person_id {
        Some(person) if !numbers.is_empty() => queries::adopt_uploads(conn, person, purpose, numbers, ctx.now),
        _ => Ok(Vec::new()),
    }
}

/// The person's own uploads among these numbers, for a form that is drawn again.
pub fn waiting(conn: &mut Conn, ctx: &Context, purpose: &str, numbers: &[String]) -> diesel::QueryResult<Vec<Upload>> {
    match ctx.author.person_id {
        Some(person) if !numbers.is_empty() => queries::waiting_uploads(conn, person, purpose, numbers, ctx.now),
        _ => Ok(Vec::new()),
    }
}

/// Gives a file that a change replaced to the sweep, in the transaction of that change: the file goes when the change
/// stands and never before, and a process that dies in between leaves it where the next sweep finds it.
pub fn give_up(conn: &mut Conn, ctx: &Context, storage_key: &str, size: u64) -> diesel::QueryResult<()> {
    let person = ctx.author.person_id.ok_or(diesel::result::Error::NotFound)?;
    let row = Upload {
        number: Number::random('U').as_str().to_string(),
        file_name: String::new(),
        media_kind: String::new(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        storage_key: storage_key.to_string(),
    };
    queries::keep_upload(conn, person, GIVEN_UP, &row, ctx.now, ctx.now)
}

/// Deletes what was never adopted or was replaced, and what a stopped process left half written. A file goes before its row: what could
/// not be deleted is found again the next time, and holds up nothing else.
pub async fn sweep(house: &Data<House>, now: Moment) -> Result<(), String> {
    loop {
        let over = house.db.read(move |conn| queries::expired_uploads(conn, now, SWEPT_AT_ONCE)).await;
        let over = over.map_err(|fault| fault.to_string())?.map_err(|fault| fault.to_string())?;
        let last = over.len() < usize::try_from(SWEPT_AT_ONCE).unwrap_or(1);
        let mut gone = Vec::new();
        for (number, key) in over {
            match house.storage.delete(&key).await {
                Ok(()) => gone.push(number),
                Err(fault) => tracing::error!(event = "file_left", %fault, "an expired upload could not be deleted"),
            }
        }
        let progress = !gone.is_empty();
        let forgotten = house.db.write(move |conn| match queries::forget_uploads(conn, &gone) {
            Ok(_) => End::Keep(Ok(())),
            Err(fault) => End::Undo(Err(fault.to_string())),
        });
        forgotten.await.map_err(|fault| fault.to_string())??;
        if last || !progress {
            break;
        }
    }
    let stale = now.minus(Duration::from_secs(6 * 3600));
    house.storage.clear_unfinished(stale).await.map_err(|fault| fault.to_string())?;
    Ok(())
}

fn broken(fault: StorageFault) -> Error {
    Error::Unavailable(fault.to_string())
}
