//! Pictures and papers that must not lie on any disk in clear: they are received into memory, developed, and handed to the
//! form's own change, which seals them. Nothing is read before the caller is admitted and the token was right; few are
//! received at once.

use actix_multipart::Field;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use super::error::Error;
use super::forms::{Errors, FieldError, Form, fields_of};
use super::parts::Parts;
use super::uploads::{MOST_PARTS, MOST_TEXT, PIECE, count_pieces, own, text_part};
use super::visit::{MayWrite, Visit};
use crate::services::context::Context;
use crate::services::storage::{Kind, PictureFault, display_name, extension_agrees, sniff};

/// How many are received at once over all requests; each takes up to twice the largest file in memory.
static AT_ONCE: Semaphore = Semaphore::const_new(12);

/// What one form takes.
#[derive(Debug, Clone, Copy)]
pub struct Holds {
    /// The names of the file fields, each for one file.
    pub fields: &'static [&'static str],
    /// Bytes of one file.
    pub most_bytes: u64,
    /// Which kinds.
    pub kinds: &'static [Kind],
}

/// A file in memory, developed when it is a picture.
pub struct HeldFile {
    /// The field it came in.
    pub field: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A form whose files are held in memory.
pub struct Held<F> {
    /// The form.
    pub form: Form<F>,
    /// The files that were accepted.
    pub files: Vec<HeldFile>,
    /// What was wrong with the others.
    pub errors: Errors,
}

/// Receives a form with files from somebody who is admitted first.
pub async fn receive<A: MayWrite, F: DeserializeOwned>(
    visit: &Visit<A>,
    parts: Parts,
    holds: Holds,
) -> Result<Held<F>, Error> {
    let (shell, ctx) = visit.read(|_, actor| Ok(actor.context().clone())).await?;
    visit.remember(shell.face);
    let mut parts = match parts {
        Parts::Several(parts) => parts,
        Parts::Plain(body) => {
            return Ok(Held { form: fields_of(visit.request(), &body)?, files: Vec::new(), errors: Errors::none() });
        }
    };
    let Ok(_room) = AT_ONCE.try_acquire() else {
        return Err(Error::Unavailable("too many pictures arrive at once".into()));
    };
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let mut form: Option<Form<F>> = None;
    let (mut files, mut errors) = (Vec::new(), Errors::none());
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Error::BadRequest)?;
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::BadRequest);
        }
        let disposition = part.content_disposition().ok_or(Error::BadRequest)?.clone();
        let name = disposition.get_name().unwrap_or_default().to_string();
        let Some(file_name) = disposition.get_filename() else {
            let room = MOST_TEXT.checked_sub(text_bytes + name.len()).ok_or(Error::TooLarge)?;
            let value = text_part(&mut part, room).await?;
            text_bytes += name.len() + value.len();
            text.append_pair(&name, &value);
            continue;
        };
        if form.is_none() {
            let whole: Form<F> = fields_of(visit.request(), text.finish().as_bytes())?;
            if whole.of_before() && !own(&whole, &ctx) {
                return Err(Error::ExpiredForm);
            }
            form = Some(whole);
            text = url::form_urlencoded::Serializer::new(String::new());
        }
        let field = holds.fields.iter().find(|field| **field == name).ok_or(Error::BadRequest)?;
        if files.iter().any(|file: &HeldFile| file.field == *field) {
            return Err(Error::BadRequest);
        }
        let taken = !form.as_ref().is_some_and(Form::of_before);
        match file_part(visit, &ctx, &mut part, file_name, holds).await? {
            Some(Ok((kind, bytes))) if taken => files.push(HeldFile { field, kind, bytes }),
            Some(Err(error)) => errors.add(field, error),
            // An empty field, or a form that only comes back.
            Some(Ok(_)) | None => {}
        }
    }
    let form = match form {
        Some(form) => form,
        None => fields_of(visit.request(), text.finish().as_bytes())?,
    };
    Ok(Held { form, files, errors })
}

/// Reads one file; nothing for an empty field. What is wrong with it is found while it streams; the rest is then read and
/// thrown away, so that the browser gets its page.
async fn file_part<A: MayWrite>(
    visit: &Visit<A>,
    ctx: &Context,
    part: &mut Field,
    given_name: &str,
    holds: Holds,
) -> Result<Option<Result<(Kind, Bytes), FieldError>>, Error> {
    let (mut size, mut pieces) = (0_u64, 0);
    let mut held = BytesMut::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest)?;
        size += chunk.len() as u64;
        let begun = size.div_ceil(PIECE);
        if begun > pieces {
            count_pieces(visit.house(), ctx, pieces == 0, begun - pieces).await?;
            pieces = begun;
        }
        if size <= holds.most_bytes {
            held.extend_from_slice(&chunk);
        } else {
            held = BytesMut::new();
        }
    }
    if size == 0 {
        return Ok((!given_name.is_empty()).then_some(Err(FieldError::FileEmpty)));
    }
    if size > holds.most_bytes {
        return Ok(Some(Err(FieldError::FileTooLarge(holds.most_bytes))));
    }
    let name = display_name(given_name);
    let kind = sniff(&held, size).filter(|kind| holds.kinds.contains(kind) && extension_agrees(*kind, &name));
    let Some(kind) = kind else { return Ok(Some(Err(FieldError::FileType))) };
    if !kind.picture() {
        return Ok(Some(Ok((kind, held.freeze()))));
    }
    match visit.house().darkroom.develop(held.freeze(), kind).await {
        Ok(picture) => Ok(Some(Ok((kind, picture.bytes)))),
        Err(PictureFault::Full | PictureFault::TooSlow) => {
            Err(Error::Unavailable("the picture workers are busy".into()))
        }
        Err(fault) => Ok(Some(Err(picture_error(fault)))),
    }
}

/// What a picture that cannot be developed says at its field.
pub(super) fn picture_error(fault: PictureFault) -> FieldError {
    match fault {
        PictureFault::TooLarge => FieldError::PictureTooLarge,
        PictureFault::Animated => FieldError::PictureMoves,
        PictureFault::NotAPicture => FieldError::FileType,
        PictureFault::Damaged | PictureFault::Full | PictureFault::TooSlow => FieldError::PictureDamaged,
    }
}
