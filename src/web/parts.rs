//! What a form with files is sent as: in parts by browsers, plain by whatever sends no files.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::forms::{self, Form, fields_of, plain_kind, whole};
use crate::services::context::Context;

/// Bytes of all text of one post, the names of its fields included: far more than any field takes, so that whoever
/// pasted too much gets it back and can shorten it.
const MOST_TEXT: usize = 1024 * 1024;
const MOST_PARTS: usize = 120;
/// Bytes of text that are read of somebody who was not let in.
const MOST_SALVAGED: usize = 64 * 1024;

/// The body of a form that takes files.
pub enum Parts {
    /// Fields and files, one after the other.
    Several(Box<Multipart>),
    /// Fields alone.
    Plain(web::Bytes),
}

impl FromRequest for Parts {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !plain_kind(req) {
            let parts = Multipart::from_request(req, payload);
            return Box::pin(async move { Ok(Self::Several(Box::new(parts.await?))) });
        }
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let body = whole(&req, &mut payload).await?;
            Ok(Self::Plain(body.freeze()))
        })
    }
}

/// A file on its way in: the field it came in, and the name its sender gave it.
pub(super) struct Incoming<'a> {
    /// Its content, still to be read.
    pub part: &'a mut Field,
    /// The name of the field.
    pub field: &'a str,
    /// The name of the file; empty where none was chosen.
    pub file_name: &'a str,
    /// Whether the form counts: one of an earlier session only comes back, and its files are thrown away.
    pub counts: bool,
}

/// Reads a form whose files may follow its text. The token and all text stand before the files, so a stranger's files are
/// never read. Whoever asks was admitted before.
pub(super) async fn read<F: DeserializeOwned>(
    req: &HttpRequest,
    ctx: &Context,
    parts: Parts,
    mut file: impl AsyncFnMut(Incoming<'_>) -> Result<(), Error>,
) -> Result<Form<F>, Error> {
    let mut parts = match parts {
        Parts::Several(parts) => parts,
        Parts::Plain(body) => return fields_of(req, &body),
    };
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let mut form: Option<Form<F>> = None;
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Error::BadRequest)?;
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::BadRequest);
        }
        let disposition = part.content_disposition().ok_or(Error::BadRequest)?.clone();
        let field = disposition.get_name().unwrap_or_default();
        let Some(file_name) = disposition.get_filename() else {
            let room = MOST_TEXT.checked_sub(text_bytes + field.len()).ok_or(Error::TooLarge)?;
            let value = text_part(&mut part, room).await?;
            text_bytes += field.len() + value.len();
            text.append_pair(field, &value);
            continue;
        };
        let counts = if let Some(form) = &form {
            !form.of_before()
        } else {
            let whole: Form<F> = fields_of(req, text.finish().as_bytes())?;
            if whole.of_before() && !own(&whole, ctx) {
                return Err(Error::ExpiredForm);
            }
            text = url::form_urlencoded::Serializer::new(String::new());
            !form.insert(whole).of_before()
        };
        file(Incoming { part: &mut part, field, file_name, counts }).await?;
    }
    match form {
        Some(form) => Ok(form),
        None => fields_of(req, text.finish().as_bytes()),
    }
}

/// Reads the text of a form whose sender was not let in, as far as it stands before the files, so that it can be kept
/// (A9). Nothing comes of it that the answer depends on.
pub(super) async fn salvage(req: &HttpRequest, parts: Parts) {
    let mut parts = match parts {
        Parts::Several(parts) => parts,
        Parts::Plain(body) => return forms::salvage(req, &body),
    };
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(Ok(mut part)) = parts.next().await {
        count += 1;
        let name = part.content_disposition().filter(|found| found.get_filename().is_none());
        let Some(field) = name.and_then(|found| found.get_name()).map(str::to_string) else { break };
        // The token is the first field of every form: who has none typed nothing here.
        if count == 1 && field != "token" {
            break;
        }
        let Some(room) = MOST_SALVAGED.checked_sub(text_bytes + field.len()).filter(|_| count <= MOST_PARTS) else {
            break;
        };
        let Ok(value) = text_part(&mut part, room).await else { break };
        text_bytes += field.len() + value.len();
        text.append_pair(&field, &value);
    }
    forms::salvage(req, text.finish().as_bytes());
}

/// Whether a form of an earlier session was drawn for the one who sends it.
fn own<F>(form: &Form<F>, ctx: &Context) -> bool {
    ctx.author.person_id.is_some() && ctx.author.person_id == form.stamp().owner
}

async fn text_part(part: &mut Field, room: usize) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::BadRequest)?;
        if bytes.len() + chunk.len() > room {
            return Err(Error::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Error::BadRequest)
}
