//! Announcements: launches, changes, maintenance. One dated ahead is nowhere until its moment comes.

mod pages;
mod queries;

pub(super) use pages::{list, show};
pub(super) use queries::add;
pub use queries::{Headline, newest};
