//! The reviewers' side: a queue without names, and one case at a time, held for twenty minutes.

mod cards;
mod checks;
mod moves;
mod pages;
mod queries;

pub(super) use cards::card;
pub(super) use pages::{approve, judge, judged, list, picture, release, show, take};
