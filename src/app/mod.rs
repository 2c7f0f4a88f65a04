//! Puts the house together. May see everything; nothing sees it.

pub mod cli;
pub mod demo;
pub mod features;
pub mod first_rows;
pub mod jobs;
pub mod probes;
pub mod server;
