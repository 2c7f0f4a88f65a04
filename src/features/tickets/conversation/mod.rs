//! The conversation of a work order: what is written in it, who reads what, and how its state moves.

pub(super) mod forms;
pub(super) mod letters;
pub(super) mod list;
pub(super) mod moves;
pub(super) mod pages;
pub(super) mod queries;
pub(super) mod view;
