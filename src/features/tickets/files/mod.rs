//! What is attached to a reply: which files are taken, how they become part of an entry, and how they are served.

pub(super) mod pages;
pub(super) mod queries;

pub(super) use queries::{Attached, holds, of_ticket};

use crate::base::db::Conn;
use crate::services::context::Context;
use crate::services::storage::Kind;
use crate::web::uploads::{Takes, Upload, adopt};
use crate::web::{Errors, FieldError, Stop};

/// Most files of one message.
pub(super) const MOST_FILES: usize = 10;

const MEGABYTE: u64 = 1_000_000;

/// Most bytes of a whole post: the files and room for the text beside them.
pub(super) const MOST_POST: u64 = 201 * MEGABYTE;

/// What a message takes: pictures, films, sound and documents. The same stands in the page beside the field.
pub(super) const TAKES: Takes = Takes {
    purpose: "ticket",
    field: "files",
    most_files: MOST_FILES,
    most_bytes: 100 * MEGABYTE,
    most_together: 200 * MEGABYTE,
    kinds: &Kind::ATTACHED,
    sealed: false,
};

/// The numbers of all files of a message: those that were accepted with an earlier try, and those of this one.
/// An error when they are too many together.
pub(super) fn together(kept: &[String], now: &[Upload], errors: &mut Errors) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for number in kept.iter().chain(now.iter().map(|upload| &upload.number)) {
        if !numbers.contains(number) {
            numbers.push(number.clone());
        }
    }
    if numbers.len() > MOST_FILES {
        errors.add(TAKES.field, FieldError::TooManyFiles(MOST_FILES as u64));
    }
    numbers
}

/// Takes the files over for good. When one is no longer there, or never was the person's, the form comes back.
pub(super) fn take_over(conn: &mut Conn, ctx: &Context, numbers: &[String]) -> Result<Vec<Upload>, Stop> {
    let uploads = adopt(conn, ctx, TAKES.purpose, numbers)?;
    if uploads.len() < numbers.len() {
        return Err(Stop::Refused(Errors::one(TAKES.field, FieldError::FileGone)));
    }
    Ok(uploads)
}
