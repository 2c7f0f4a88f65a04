//! The staff's side: the queue by due date, the page of a work order with its notes, and what support does there.

pub(super) mod list;
pub(super) mod moves;
pub(super) mod pages;
pub(super) mod queries;
