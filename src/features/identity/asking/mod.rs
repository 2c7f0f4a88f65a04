//! The customer's side of real-name authentication: one thing a page, answers checked before they are handed in.

mod ending;
mod forms;
mod own;
mod pages;
mod pictures;
mod view;

pub(super) use ending::{end_ask, end_do, withdraw_ask, withdraw_do};
pub(super) use forms::number_error;
pub(super) use pages::{create, guardian, new, show};
pub(super) use pictures::{PICTURES_BYTES, check, edit, submit, update};
