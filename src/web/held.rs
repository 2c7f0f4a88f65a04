//! Pictures and papers that must not lie on any disk in clear: they are received into memory, developed, and handed to the
//! form's own change, which seals them. Nothing is read before the caller is admitted and the token was right; few are
//! received at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_multipart::Field;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::forms::{Errors, FieldError, Form};
use super::parts::{self, Incoming, Parts};
use super::uploads::{PIECE, count_pieces};
use super::visit::{MayWrite, Visit};
use crate::services::context::Context;
use crate::services::storage::{Kind, PictureFault, display_name, extension_agrees, sniff};

/// How many posts are received at once; each takes up to twice the largest file in memory.
const AT_ONCE: usize = 12;
/// And of one person: nobody keeps the others out by sending slowly.
const OF_PERSON: usize = 2;

/// Who sends at present; a person stands in it as often as they do.
#[derive(Debug, Default)]
pub struct Seats(Mutex<Vec<i64>>);

/// A place among those who send, given up by dropping it.
struct Seat<'a>(&'a Seats, i64);

impl Seats {
    fn take(&self, person: i64) -> Option<Seat<'_>> {
        let mut sending = self.sending();
        let own = sending.iter().filter(|one| **one == person).count();
        (sending.len() < AT_ONCE && own < OF_PERSON).then(|| {
            sending.push(person);
            Seat(self, person)
        })
    }

    fn sending(&self) -> MutexGuard<'_, Vec<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut sending = self.0.sending();
        if let Some(at) = sending.iter().position(|one| *one == self.1) {
            sending.swap_remove(at);
        }
    }
}

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
    let person = ctx.author.person_id.ok_or(Error::Forbidden)?;
    let _seat = visit
        .house()
        .seats
        .take(person)
        .ok_or_else(|| Error::Unavailable("too many pictures arrive at once".into()))?;
    let (mut files, mut errors): (Vec<HeldFile>, Errors) = (Vec::new(), Errors::none());
    let form = parts::read(visit.request(), &ctx, parts, async |incoming: Incoming<'_>| {
        let field = holds.fields.iter().find(|field| **field == incoming.field).ok_or(Error::BadRequest)?;
        if files.iter().any(|file| file.field == *field) {
            return Err(Error::BadRequest);
        }
        match file_part(visit, &ctx, incoming.part, incoming.file_name, holds).await? {
            Some(Ok((kind, bytes))) if incoming.counts => files.push(HeldFile { field, kind, bytes }),
            Some(Err(error)) => errors.add(field, error),
            // An empty field, or a form that only comes back.
            Some(Ok(_)) | None => {}
        }
        Ok(())
    });
    let form = form.await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_the_seats_and_a_seat_is_given_back() {
        let seats = Seats::default();
        let taken: Vec<Seat<'_>> = (10..30).filter_map(|person| seats.take(person)).collect();
        assert_eq!(taken.len(), AT_ONCE);
        assert!(seats.take(1).is_none(), "all are taken");
        drop(taken);
        let own: Vec<Seat<'_>> = (0..5).filter_map(|_| seats.take(1)).collect();
        assert_eq!(own.len(), OF_PERSON);
        assert!(seats.take(2).is_some());
        drop(own);
        assert!(seats.take(1).is_some());
    }
}
